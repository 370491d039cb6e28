-- Returns the 26 characters of a new TypeID: a UUIDv7 (48 bits of milliseconds, 74 random bits) in Crockford's base
-- 32. functions/platform/id.ts makes the same.
create or replace function new_typeid_suffix() returns text language plpgsql volatile as $$
declare
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  bits text;
  suffix text := '';
  noise text := replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  bits := '00' || ((extract(epoch from clock_timestamp()) * 1000)::bigint)::bit(48)::text || '0111'
    || ('x' || substr(noise, 1, 3))::bit(12)::text || '10'
      || substr(('x' || substr(noise, 33, 12))::bit(48)::text || ('x' || substr(noise, 49, 4))::bit(16)::text, 1, 62);
  for digit in 0..25 loop
    suffix := suffix || substr(alphabet, (substr(bits, digit * 5 + 1, 5)::bit(5)::int) + 1, 1);
  end loop;
  return suffix;
end $$;
