-- COPY in all its forms.
copy public.users from 's3://bucket/users/' iam_role default;
copy public.users from 's3://bucket/users/' iam_role 'arn:aws:iam::123456789012:role/Loader';
copy public.users from 's3://bucket/users/' iam_role 'arn:aws:iam::123456789012:role/A,arn:aws:iam::210987654321:role/B' csv;
copy staging.events from 's3://udacity-dend/log_data' iam_role 'arn:aws:iam::000000000000:role/r' format as json 's3://udacity-dend/log_json_path.json' region 'us-west-2' timeformat as 'epochmillisecs' compupdate off statupdate off;
copy staging.songs from 's3://udacity-dend/song_data' iam_role 'arn:aws:iam::000000000000:role/r' json 'auto' region 'us-west-2' truncatecolumns blanksasnull emptyasnull;
copy sales.orders (order_id, customer_id, total) from 's3://bucket/orders.csv' iam_role default csv ignoreheader 1;
copy sales.orders from 's3://bucket/orders.csv.gz' iam_role default csv gzip quote as '''' delimiter ';' null as 'NA';
copy sales.orders from 's3://bucket/orders.txt' iam_role default delimiter '|' escape removequotes;
copy sales.orders from 's3://bucket/orders.tsv' iam_role default delimiter '\t' dateformat 'DD.MM.YYYY' timeformat 'YYYY-MM-DD HH:MI:SS';
copy sales.orders from 's3://bucket/orders' iam_role default delimiter as ',' maxerror as 100 acceptinvchars as '^';
copy sales.orders from 's3://bucket/orders' iam_role default fixedwidth 'order_id:10,customer_id:10,total:12';
copy sales.orders from 's3://bucket/orders' iam_role default fixedwidth as '0:3,1:25,2:12';
copy sales.orders from 's3://bucket/orders.parquet' iam_role default format as parquet;
copy sales.orders from 's3://bucket/orders.orc' iam_role default format orc;
copy sales.orders from 's3://bucket/orders/' iam_role default parquet serializetojson;
copy sales.orders from 's3://bucket/orders.avro' iam_role default format as avro 'auto';
copy sales.orders from 's3://bucket/orders.avro' iam_role default avro 's3://bucket/avropaths.json';
copy sales.orders from 's3://bucket/orders.json' iam_role default format json as 'auto ignorecase';
copy raw.docs from 's3://bucket/docs.json' iam_role default json 'noshred';
copy sales.orders from 's3://bucket/manifest.json' iam_role default manifest csv;
copy sales.orders from 's3://bucket/orders' credentials 'aws_access_key_id=AKIA;aws_secret_access_key=abc';
copy sales.orders from 's3://bucket/orders' with credentials as 'aws_iam_role=arn:aws:iam::1:role/r' lzop;
copy sales.orders from 's3://bucket/orders' access_key_id 'AKIA' secret_access_key 'abc' session_token 'xyz' bzip2;
copy sales.orders from 's3://bucket/orders' iam_role default encrypted master_symmetric_key 'c2VjcmV0' gzip;
copy sales.orders from 's3://bucket/orders' iam_role default csv encoding utf16;
copy sales.orders from 's3://bucket/orders' iam_role default csv encoding as utf16le ignoreblanklines;
copy sales.orders from 's3://bucket/orders' iam_role default csv zstd fillrecord trimblanks acceptanydate dateformat 'auto' timeformat 'auto';
copy sales.orders from 's3://bucket/orders' iam_role default csv explicit_ids noload;
copy sales.orders from 's3://bucket/orders' iam_role default csv roundec compupdate preset;
copy sales.orders from 's3://bucket/orders' iam_role default csv compupdate on comprows 100000 statupdate on;
copy sales.orders from 's3://bucket/orders' iam_role default csv ignoreallerrors;
copy sales.orders from 's3://bucket/orders' iam_role default csv null as '\\N' region as 'eu-central-1';
copy sales.orders from 's3://bucket/orders' iam_role default csv null '\0' statupdate;
copy favorites from 'dynamodb://favorites' iam_role default readratio 50;
copy sales.orders from 'emr://j-SAMPLE2B500FC/output/part-*' iam_role default delimiter '\t';
copy sales.orders from 's3://bucket/ssh_manifest' iam_role default ssh csv;
copy geo.stores from 's3://bucket/stores.shp' iam_role default format shapefile;
copy geo.stores from 's3://bucket/stores.shp' iam_role default format shapefile simplify auto 1.1e-05;
copy sales.orders from 's3://bucket/daily/' iam_role default csv job create orders_daily auto on;
copy sales.orders from 's3://bucket/daily/' iam_role default csv job create orders_manual auto off;
copy job run orders_daily;
copy job list;
copy job show orders_daily;
copy job alter orders_daily auto off;
copy job drop orders_daily;
copy "Quoted Table" ("Mixed Case", "select") from 's3://b/k' iam_role default csv;
copy dev.sales.orders from 's3://bucket/orders' iam_role default csv;
copy #candidates from 's3://bucket/candidates' iam_role default csv;
COPY Public.Events
FROM 's3://bucket/events/2024/'
IAM_ROLE 'arn:aws:iam::123456789012:role/Loader' -- the loader's role
FORMAT AS JSON 'auto' /* keys are columns */
TIMEFORMAT 'auto'
GZIP
MAXERROR 10;
copy staging.weather from 's3://noaa/2024.csv'
  iam_role default
  csv
  delimiter ','
  quote '"'
  ignoreheader as 2
  dateformat as 'YYYYMMDD'
  acceptinvchars
  truncatecolumns;
copy sales.orders from 's3://bucket/orders' iam_role default using template csv_files;
copy sales.orders from 's3://bucket/orders' iam_role default ignoreheader 1 using template dev.public.csv_files;
