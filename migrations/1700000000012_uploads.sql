-- Files that users send. An upload is pending until its content was checked; then it is ready or failed. The content
-- and its text are objects under the tenant's prefix of the object store. Without a reference to the tenant the rows of
-- a deleted tenant stay until the sweep has removed their objects.
create table uploads (
  id text primary key,
  tenant_id text not null,
  user_id text not null,
  filename text not null,
  announced_type text,
  size bigint not null check (size > 0),
  -- As announced, and of the content when it is ready.
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  status text not null default 'pending' check (status in ('pending', 'ready', 'failed', 'deleted')),
  media_type text,
  width integer,
  height integer,
  pages integer,
  -- UTF-16 code units of the text, which is null for images. The note says what of the text is missing.
  text_length integer,
  text_note text,
  -- Why it failed, and the kind of problem that `finish` answered. Null: it was answered as a failed upload.
  error text,
  problem text,
  created_at timestamptz not null default now(),
  -- When the sweep removes the row and its objects.
  expires_at timestamptz default now() + interval '1 day',
  check ((status = 'ready') = (expires_at is null)),
  check ((status = 'failed') = (error is not null)),
  check (status <> 'ready' or (media_type is not null and sha256 is not null))
);
create index uploads_of_user on uploads (tenant_id, user_id, created_at desc, id desc);
create index uploads_expired on uploads (expires_at) where expires_at is not null;
select protect_tenant_table('uploads', 'select, insert, update, delete');
-- Uploads are private, as documents are: even a statement without a condition sees no upload of another user.
create policy own_only on uploads as restrictive for select to apexflow_runtime
  using (user_id = current_user_id());
grant select on uploads to apexflow_definer;
