-- What the hub decides about a payment order after its submission. The triggers of the tables
-- (storage/schema/payment_rules.py) hold the same rules; the functions here say why not before
-- those refuse, with the facts. The twin of storage/ledger/acts.py and orders.py.
--
-- `p_lost`: done in a history that is gone. What comes before it may still lie on another device;
-- then the act waits for it (23503) instead of being refused.
create or replace function sync.my_person() returns uuid
language sql stable set search_path = pg_catalog, pg_temp as $$
  select person_id from sync.account where who = sync.actor()
$$;

-- The order, locked behind the ledger, as everything that books locks.
create or replace function sync.order_of(p_id uuid, p_lost boolean) returns desk.payment_order
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  found desk.payment_order;
begin
  perform 1 from sync.ledger_lock for update;
  select * into found from desk.payment_order where id = p_id for update;
  if found.id is null and p_lost then
    raise exception using errcode = '23503', message = 'order';
  end if;
  if found.id is not null and not (p_lost or sync.is_mine(found.scope)) then
    return null;
  end if;
  return found;
end $$;

create or replace function sync.order_court(p_order desk.payment_order) returns uuid
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce((select court_id from desk."case" where id = p_order.case_id),
    (select court_id from desk.person where id = p_order.maker_id))
$$;

create or replace function sync.last_act(p_order uuid, p_act text, p_stage text)
returns desk.payment_act
language sql stable set search_path = pg_catalog, pg_temp as $$
  select a.* from desk.payment_act a where a.order_id = p_order
    and (p_act is null or a.act = p_act) and (p_stage is null or a.stage = p_stage)
  order by a.n desc limit 1
$$;

create or replace function sync.write_act(p_order desk.payment_order, p_act text, p_stage text,
  p_next text, p_more jsonb) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  last constant desk.payment_act := sync.last_act(p_order.id, null, null);
begin
  insert into desk.payment_act (id, order_id, n, act, stage, next_stage, actor, person_id,
      for_post, at, content_sha256, body, batch, facts)
    values (gen_random_uuid(), p_order.id, coalesce(last.n, 0) + 1, p_act, p_stage, p_next,
      sync.actor(), sync.my_person(), p_more->>'for_post',
      greatest(sync.instant() collate "C", last.at collate "C"), p_order.content_sha256,
      coalesce(p_more->>'body', ''), p_more->>'batch', p_more->>'facts');
end $$;

-- Facts of a refusal: the order, and who did what with it when.
create or replace function sync.act_facts(p_order desk.payment_order, p_act desk.payment_act)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object('number', p_order.number, 'order_state', p_order.state)
    || case when p_act.id is null then '{}' else jsonb_build_object('act', p_act.act,
      'by', p_act.actor, 'person_id', p_act.person_id, 'at', p_act.at) end
$$;

-- The order has gone on meanwhile, or is not so far; null when the act may come now.
create or replace function sync.not_open(p_order desk.payment_order, p_kind text, p_stage text,
  p_lost boolean) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  done constant desk.payment_act := sync.last_act(p_order.id, p_kind, p_stage);
  early boolean;
begin
  if done.id is not null then
    return sync.no('already', sync.act_facts(p_order, done));
  end if;
  early := case when p_kind = 'send' then p_order.state = 'approving'
    else p_order.state = 'approving' and p_stage <> p_order.stage end;
  if early and p_lost then
    raise exception using errcode = '23503', message = 'act';
  end if;
  if p_kind = 'send' then
    if early then
      return sync.no('chain', jsonb_build_object('number', p_order.number,
        'stage', p_order.stage));
    end if;
    if p_order.state <> 'approved' then
      return sync.no('state', sync.act_facts(p_order, sync.last_act(p_order.id, null, null)));
    end if;
    return null;
  end if;
  if p_order.state not in ('approving', 'approved') then
    return sync.no('state', sync.act_facts(p_order, sync.last_act(p_order.id, null, null)));
  end if;
  if p_stage <> p_order.stage or (p_kind = 'pass' and p_stage = '') then
    return sync.no('stage', jsonb_build_object('number', p_order.number,
      'stage', p_order.stage));
  end if;
  return null;
end $$;

-- Whether the caller's person is of that court and has one of the posts: {} by himself,
-- {for_post} for another, null when not.
create or replace function sync.holds_post(p_court uuid, p_posts text[]) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  today constant text := sync.today()::text;
  me desk.person;
  stood text;
begin
  select * into me from desk.person where id = sync.my_person() and court_id = p_court
    and (left_on is null or left_on >= today);
  if me.id is null then
    return null;
  end if;
  if me.post = any (p_posts) then
    return '{}';
  end if;
  select g.post into stood from desk.delegation g join desk.person f on f.id = g.from_id
    where g.to_id = me.id and f.court_id = p_court and g.post = f.post and g.post = any (p_posts)
      and g.agreed_by is not null
      and (g.documents = '' or ',' || g.documents || ',' like '%,payment_order,%')
      and (g.state = 'agreed' or (g.state = 'ended' and g.ended_on > today))
      and g.from_on <= today and g.to_on >= today
    order by g.id limit 1;
  return case when stood is not null then jsonb_build_object('for_post', stood) end;
end $$;

-- Why the caller may not act; {state: accepted, for_post} when he may.
create or replace function sync.not_by(p_order desk.payment_order, p_kind text, p_stage text)
returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  me constant uuid := sync.my_person();
  court constant uuid := sync.order_court(p_order);
  posts constant text[] := case when p_stage = '' then array['finance'] else
    array(select s.post from sync.stage_post() s where s.stage = p_stage) end;
  before desk.payment_act;
  held jsonb;
begin
  if me is null then
    return sync.no('nobody');
  end if;
  if p_order.maker = sync.actor() or p_order.maker_id = me then
    return sync.no('own', jsonb_build_object('number', p_order.number));
  end if;
  if p_kind <> 'return' then
    if p_order.maker_id is null then
      return sync.no('maker', jsonb_build_object('number', p_order.number));
    end if;
    select * into before from desk.payment_act a where a.order_id = p_order.id and a.act = 'pass'
      and (a.actor = sync.actor() or a.person_id = me) order by a.n limit 1;
    if before.id is not null then
      return sync.no('twice', sync.act_facts(p_order, before)
        || jsonb_build_object('stage', before.stage));
    end if;
  end if;
  held := sync.holds_post(court, posts);
  if held is null then
    return sync.no('post', jsonb_build_object('posts', posts, 'court_id', court));
  end if;
  return sync.yes('', held);
end $$;

create or replace function sync.not_confirmed(p_order desk.payment_order) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_order.target is null and (coalesce(p_order.account_no, '') = ''
      or coalesce(p_order.confirmed_on, '') = '')
      then sync.no('confirmed', jsonb_build_object('number', p_order.number))
    when p_order.differs = 1 and (coalesce(p_order.call_back_on, '') = ''
      or coalesce(p_order.call_back_result, '') = '')
      then sync.no('call_back', jsonb_build_object('number', p_order.number)) end
$$;

-- The end of an order that was not paid: its hold goes back, in the name of `p_maker`.
create or replace function sync.free_order(p_order desk.payment_order, p_code text, p_maker text,
  p_memo text, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  hold desk.fund_entry;
  made text;
begin
  select * into hold from desk.fund_entry where id = p_order.id;
  made := sync.book(gen_random_uuid(), hold.case_id, 'release', hold.amount_fen, hold.debit_id,
    hold.credit_id, jsonb_build_object('hold_id', hold.id, 'payee', hold.payee, 'memo', p_memo,
      'order_id', p_order.id, 'maker', p_maker), p_lost);
  return sync.yes(p_code, jsonb_build_object('number', p_order.number,
    'amount_fen', p_order.amount_fen, 'release', made));
end $$;

create or replace function sync.decide_pass_order(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.payment_order := sync.order_of((p_args->>'order_id')::uuid, p_lost);
  this_stage constant text := coalesce(p_args->>'stage', '');
  stages constant text[] := string_to_array(here.stages, ',');
  following text;
  refused jsonb;
  may jsonb;
begin
  if here.id is null then
    return sync.no('gone');
  end if;
  refused := sync.not_open(here, 'pass', this_stage, p_lost);
  -- An order of a lost history has a new number and moment here, and so another fingerprint.
  if refused is null and not p_lost
      and p_args->>'content_sha256' is distinct from here.content_sha256 then
    refused := sync.no('content', jsonb_build_object('content_sha256', here.content_sha256));
  end if;
  if refused is not null then
    return refused;
  end if;
  may := sync.not_by(here, 'pass', this_stage);
  refused := case when may->>'state' <> 'accepted' then may else sync.not_confirmed(here) end;
  if refused is not null then
    return refused;
  end if;
  following := coalesce(stages[array_position(stages, this_stage) + 1], '');
  perform sync.write_act(here, 'pass', this_stage, following,
    jsonb_build_object('for_post', may->>'for_post', 'body', p_args->>'note'));
  return sync.yes('passed', jsonb_build_object('number', here.number, 'stage', following,
    'order_state', case when following = '' then 'approved' else 'approving' end));
end $$;

create or replace function sync.decide_return_order(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.payment_order := sync.order_of((p_args->>'order_id')::uuid, p_lost);
  this_stage constant text := coalesce(p_args->>'stage', '');
  refused jsonb;
  may jsonb;
begin
  if here.id is null then
    return sync.no('gone');
  end if;
  refused := sync.not_open(here, 'return', this_stage, p_lost);
  if refused is null and coalesce(p_args->>'reason', '') = '' then
    refused := sync.no('reason');
  end if;
  if refused is not null then
    return refused;
  end if;
  may := sync.not_by(here, 'return', this_stage);
  if may->>'state' <> 'accepted' then
    return may;
  end if;
  perform sync.write_act(here, 'return', this_stage, '',
    jsonb_build_object('for_post', may->>'for_post', 'body', p_args->>'reason'));
  return sync.free_order(here, 'returned', sync.actor(), p_args->>'reason', p_lost);
end $$;

-- By the maker, or a leader of the court. Whoever made a hold never ends it, so this end is nobody's.
create or replace function sync.decide_withdraw_order(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.payment_order := sync.order_of((p_args->>'order_id')::uuid, p_lost);
  leaders constant text[] := '{bureau_chief,vice_president,president}';
  his boolean;
begin
  if here.id is null then
    return sync.no('gone');
  end if;
  if here.state not in ('approving', 'approved') then
    return sync.no('state', sync.act_facts(here, sync.last_act(here.id, null, null)));
  end if;
  his := here.maker = sync.actor() or coalesce(here.maker_id = sync.my_person(), false);
  if not his and sync.my_person() is null then
    return sync.no('nobody');
  end if;
  if not his and not exists (select from desk.person p where p.id = sync.my_person()
      and p.court_id = sync.order_court(here) and p.post = any (leaders)
      and (p.left_on is null or p.left_on >= sync.today()::text)) then
    return sync.no('post', jsonb_build_object('posts', leaders,
      'court_id', sync.order_court(here)));
  end if;
  if coalesce(p_args->>'reason', '') = '' then
    return sync.no('reason');
  end if;
  perform sync.write_act(here, 'withdraw', here.stage, '',
    jsonb_build_object('body', p_args->>'reason'));
  return sync.free_order(here, 'withdrawn', sync.system_maker(), p_args->>'reason', p_lost);
end $$;

insert into sync.request_kind values
  ('pass_order', 'sync.decide_pass_order(uuid, jsonb, boolean)',
    '{edesk_finance,edesk_supervisor,edesk_bureau_chief,edesk_president}'),
  ('return_order', 'sync.decide_return_order(uuid, jsonb, boolean)',
    '{edesk_finance,edesk_supervisor,edesk_bureau_chief,edesk_president}'),
  ('withdraw_order', 'sync.decide_withdraw_order(uuid, jsonb, boolean)',
    '{edesk_handler,edesk_field,edesk_supervisor,edesk_finance,edesk_bureau_chief,edesk_president}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask
