-- Loads every event log below the prefix. The JSONPaths file names the keys in the order of the
-- table's columns: JSON 'auto' would miss firstName, sessionId and the like, since column names are
-- lower case and matching is case-sensitive.
--
-- truncatecolumns: a browser may send any user agent; an overlong one is cut, not a failed load.
-- compupdate off, statupdate off: the table is small and short-lived, analysing it is not worth it.
copy {{ this }}
from '{{ var("log_data") }}'
iam_role '{{ var("iam_role_arn") }}'
region '{{ var("region") }}'
format as json '{{ var("log_jsonpaths") }}'
timeformat 'epochmillisecs'
truncatecolumns
compupdate off
statupdate off
