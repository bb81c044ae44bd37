-- UNLOAD in all its forms.
unload ('select * from sales.orders') to 's3://bucket/out/orders_' iam_role default;
unload ('select * from sales.orders') to 's3://bucket/out/' iam_role 'arn:aws:iam::123456789012:role/Unloader' parquet;
unload ('select * from sales.orders') to 's3://bucket/out/' iam_role default format as parquet partition by (status, country);
unload ('select * from sales.orders') to 's3://bucket/out/' iam_role default format parquet partition by (status) include;
unload ('select * from sales.orders') to 's3://bucket/out/' iam_role default format as csv header;
unload ('select * from sales.orders where status = ''open''') to 's3://bucket/out/' iam_role default csv delimiter as ';' gzip;
unload ($$select * from sales.orders where status = 'open'$$) to 's3://bucket/out/' iam_role default json;
unload ('select order_id from sales.orders') to 's3://bucket/out/' iam_role default delimiter '\t' addquotes escape null as 'NULL';
unload ('select * from venue') to 's3://bucket/venue_' credentials 'aws_access_key_id=a;aws_secret_access_key=b' parallel off;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default manifest;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default manifest verbose allowoverwrite;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default cleanpath parallel on maxfilesize 100 mb;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default maxfilesize as 1.5 gb bzip2;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default parquet rowgroupsize 64 mb;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default zstd extension 'tbl.zst' region as 'us-east-1';
unload ('select * from venue') to 's3://bucket/venue_' iam_role default kms_key_id '1234abcd' encrypted;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default encrypted auto kms_key_id '1234abcd';
unload ('select * from venue') to 's3://bucket/venue_' iam_role default master_symmetric_key 'c2VjcmV0' encrypted;
unload ('select * from venue') to 's3://bucket/venue_' iam_role default fixedwidth as 'venueid:3,venuename:39,venuecity:16';
unload ('select * from venue') to 's3://bucket/venue_' access_key_id 'a' secret_access_key 'b' session_token 'c' header;
unload (select order_id, total from sales.orders) to 's3://bucket/out/' iam_role default csv;
unload ('
  select
    day,
    sum(revenue) as revenue
  from marts.daily
  group by day
')
to 's3://bucket/report/'
iam_role default
format as csv
header
parallel off
allowoverwrite;
