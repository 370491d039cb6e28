alter table chat_messages add column parent_id text, add column run_id text, add column status text not null default 'complete';
