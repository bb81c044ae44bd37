-- What the suite expects of a server: its user, its databases, and the users of its tests of grants.
create role root superuser login password 'password';
create role noaccess login password 'password';
create role dbt_test_user_1;
create role dbt_test_user_2;
create role dbt_test_user_3;
create database dbt owner root;
create database "dbtMixedCase" owner root;
