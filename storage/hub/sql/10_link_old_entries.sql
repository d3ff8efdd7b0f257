-- Once, when a hub of before 0010 is upgraded: entries get both their sides, their place and their
-- link, in the order in which they were booked. Accounts are what their entries say.
do $$
declare
  e record;
  debit desk.fund;
  credit desk.fund;
  bank uuid := (select id from sync.common_fund() where kind = 'bank');
  own uuid;
  moved bigint;
  held bigint;
  n bigint := 0;
  last_hash text := repeat('0', 64);
  sealed desk.fund_entry;
begin
  alter table desk.fund_entry disable trigger user;
  alter table desk.fund disable trigger user;
  insert into sync.journal (what, facts)
    select 'ledger difference', to_jsonb(d) from (
      select f.id, f.balance_fen, f.held_fen from desk.fund f where f.balance_fen <> (
        select coalesce(sum(case x.kind when 'receipt' then x.amount_fen
          when 'payment' then -x.amount_fen else 0 end), 0)
        from desk.fund_entry x where x.case_id = f.case_id)) d;
  insert into desk.fund (id, kind, name, scope, changed_by, changed_at)
    select c.id, c.kind, c.name, -1, session_user, sync.instant() from sync.common_fund() c
    where c.kind = 'bank' on conflict (id) do nothing;
  update desk.fund set balance_fen = 0, held_fen = 0, in_suspense = 0;
  for e in select * from desk.fund_entry
      order by at, changed_at, array_position('{receipt,hold,payment,release}'::text[], kind), id loop
    select f.id into own from desk.fund f where f.case_id = e.case_id and f.kind = 'case';
    select * into debit from desk.fund where id = case e.kind when 'receipt' then bank else own end;
    select * into credit from desk.fund where id = case e.kind when 'receipt' then own else bank end;
    n := n + 1;
    moved := case when e.kind in ('hold', 'release') then 0 else e.amount_fen end;
    held := debit.held_fen + case e.kind when 'hold' then e.amount_fen
      when 'receipt' then 0 else -e.amount_fen end;
    update desk.fund_entry set debit_id = debit.id, credit_id = credit.id, seq = n,
      prev = last_hash, booked_on = substr(e.at, 1, 10), debit_after_fen = debit.balance_fen - moved,
      credit_after_fen = credit.balance_fen + moved, debit_held_fen = held,
      lost = (debit.id <> bank and debit.balance_fen - moved < held)::integer
      where id = e.id returning * into sealed;
    update desk.fund_entry set hash = sync.entry_hash(sealed) where id = e.id
      returning hash into last_hash;
    update desk.fund set balance_fen = balance_fen - moved, held_fen = held, last_seq = n,
      in_suspense = (kind <> 'bank' and balance_fen - moved < held)::integer where id = debit.id;
    if moved > 0 then
      update desk.fund set balance_fen = balance_fen + moved, last_seq = n,
        in_suspense = (kind <> 'bank' and balance_fen + moved < held_fen)::integer
        where id = credit.id;
    end if;
  end loop;
  alter table desk.fund enable trigger user;
  alter table desk.fund_entry enable trigger user;
end $$;
