-- Procedures, functions, models and libraries.
create procedure noop() as $$
begin
  null;
end;
$$ language plpgsql;
create or replace procedure etl.load_day(day date) as $$
begin
  delete from marts.daily where marts.daily.day = load_day.day;
  insert into marts.daily
  select placed_at::date, count(*), sum(total)
  from sales.orders
  where placed_at::date = load_day.day
  group by 1;
end;
$$ language plpgsql;
create or replace procedure etl.count_rows(table_name in varchar(256), n out bigint) language plpgsql as $$
begin
  execute 'select count(*) from ' || quote_ident(table_name) into n;
end;
$$;
create or replace procedure etl.swap(inout a integer, inout b integer) as $body$
declare
  t integer;
begin
  t := a;
  a := b;
  b := t;
end;
$body$ language plpgsql security definer;
create or replace procedure etl.commit_each(n int) nonatomic as $$
begin
  for i in 1..n loop
    insert into log.steps values (i);
    commit;
  end loop;
end;
$$ language plpgsql security invoker;
create procedure etl.configured() language plpgsql security definer set search_path to etl, public set statement_timeout to 60000 as $$
begin
  call etl.load_day(current_date);
end;
$$;
create procedure types(a double precision, b character varying, c timestamp with time zone, d interval year to month, e super) as $$ begin end; $$ language plpgsql;
create procedure unnamed(int, varchar(20), decimal(10, 2)) as $$ begin raise info 'x %', $1; end; $$ language plpgsql;
create procedure quoted_body() as 'begin null; end;' language plpgsql;
create function f_sql_greater(float, float)
returns float
stable
as $$
  select case when $1 > $2 then $1
    else $2
  end
$$ language sql;
create or replace function f_full_name(varchar, varchar) returns varchar(512) immutable as $$
  select initcap($1) || ' ' || initcap($2)
$$ language sql;
create or replace function f_net(numeric(12, 2)) returns numeric(12, 2) volatile as $$ select $1 / 1.19 $$ language sql;
create function f_py_distance(x1 float, y1 float, x2 float, y2 float)
returns float
immutable
as $$
  import math
  return math.sqrt((x2 - x1) ** 2 + (y2 - y1) ** 2)
$$ language plpythonu;
create external function exfunc_sum(int, int) returns int volatile lambda 'lambda_sum' iam_role 'arn:aws:iam::123456789012:role/Invoker';
create or replace external function exfunc_geo(varchar) returns varchar stable lambda 'geo' iam_role default retry_timeout 0 max_batch_rows 100 max_batch_size 2 mb;
create external function exfunc_score(super) returns float stable sagemaker 'score-endpoint' iam_role default;
drop procedure etl.load_day(date);
drop procedure if exists etl.swap(integer, integer);
drop procedure noop();
drop procedure quoted_body;
drop function f_sql_greater(float, float);
drop function if exists f_full_name(varchar, varchar) cascade;
drop function exfunc_sum(int, int) restrict;
alter procedure etl.load_day(date) rename to load_one_day;
alter procedure etl.load_day(date) owner to loader;
alter function f_net(numeric) owner to analyst;
alter function f_net(numeric(12, 2)) rename to f_without_tax;
call noop();
call etl.load_day('2024-05-01');
call etl.load_day(dateadd(day, -1, current_date)::date);
call etl.swap(1, 2);
call etl.count_rows('sales.orders', null);
create library f_urlparse language plpythonu from 's3://bucket/urlparse.zip' iam_role default;
create or replace library f_stats language plpythonu from 'https://example.com/stats.zip';
create library from_region language plpythonu from 's3://bucket/lib.zip' credentials 'aws_iam_role=arn' region as 'us-east-1';
drop library f_urlparse;
create model customer_churn
from (select state, account_length, total_charge / account_length as average_spend, churn from customer_activity where record_date < '2020-01-01')
target churn
function predict_churn
iam_role default
settings (s3_bucket 'my-bucket');
create model forecast_demand from sales_history target quantity iam_role default auto on model_type forecast objective 'AverageWeightedQuantileLoss' settings (s3_bucket 'b', horizon 5, frequency 'D', percentiles '0.25,0.50,0.75');
create model clusters from (select a, b from points) function cluster_of iam_role default auto off model_type kmeans preprocessors '[]' hyperparameters default except (k '5') settings (s3_bucket 'b');
create model remote_anomaly function remote_fn_rcf (int) returns decimal(10, 6) sagemaker 'randomcutforest-endpoint' iam_role 'arn:aws:iam::1:role/r';
create model from_job from 'training-job-example' function predict_it (int, varchar) returns varchar iam_role default settings (s3_bucket 'b');
create model xgb from t target y function f_xgb iam_role default auto off model_type xgboost objective 'reg:squarederror' preprocessors 'none' hyperparameters default except (num_round '100') settings (s3_bucket 'b', s3_garbage_collect off, kms_key_id 'k');
create external model llm function llm_answer iam_role default model_type bedrock model_id 'anthropic.claude-v2' prompt 'Summarise: ' settings (max_tokens 256);
drop model customer_churn;
drop model if exists forecast_demand;
show model customer_churn;
show model all;
prepare by_day (date) as select * from sales.orders where placed_at::date = $1;
prepare add_user (int, varchar(254)) as insert into public.users values ($1, $2, getdate());
prepare touch as update counters set n = n + 1;
prepare remove (int) as delete from public.users where user_id = $1;
execute by_day ('2024-01-01');
execute touch;
execute add_user (1, 'a@example.com');
deallocate by_day;
deallocate prepare touch;
