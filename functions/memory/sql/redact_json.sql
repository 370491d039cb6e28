-- Replaces each of the texts with "[erased]" in every string of a JSON value. Keys of objects stay.
create or replace function redact_json(p_value jsonb, p_texts text[]) returns jsonb
language plpgsql immutable set search_path = pg_catalog, public, pg_temp as $$
declare
  v_string text;
  v_text text;
begin
  case jsonb_typeof(p_value)
    when 'string' then
      v_string := p_value #>> '{}';
      foreach v_text in array p_texts loop v_string := replace(v_string, v_text, '[erased]'); end loop;
      return to_jsonb(v_string);
    when 'array' then
      return (select coalesce(jsonb_agg(redact_json(e.value, p_texts) order by e.position), '[]')
        from jsonb_array_elements(p_value) with ordinality as e (value, position));
    when 'object' then
      return (select coalesce(jsonb_object_agg(e.key, redact_json(e.value, p_texts)), '{}') from jsonb_each(p_value) e);
    else
      return p_value;
  end case;
end $$;

alter function redact_json owner to apexflow_definer;
revoke all on function redact_json from public;
