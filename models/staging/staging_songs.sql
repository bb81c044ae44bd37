-- Loads every song record below the prefix. The keys are named as the columns are, so JSON 'auto'
-- finds them; a key that is missing loads as NULL.
--
-- No truncatecolumns here: titles and names are what plays are matched by, and a cut one would
-- match nothing without anybody noticing.
copy {{ this }}
from '{{ var("song_data") }}'
iam_role '{{ var("iam_role_arn") }}'
region '{{ var("region") }}'
format as json 'auto'
compupdate off
statupdate off
