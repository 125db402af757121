{# How far from the UTC date of an event its business day, and whatever else decides about it, may
   lie: a site is at most 14 hours away, a shift and its margins end within two days. #}
{% macro days_around_an_event() %}{{ return(3) }}{% endmacro %}


{# The business days of a part that tonight builds, in order; nothing where it builds every day. The
   parts: see int_day_to_build. They are asked for before a model runs and written into it: a date
   that stands in the text skips blocks of a table, and costs no plan. A worked example gives whole
   days, and all of them are built. #}
{% macro days_of_tonight(part) -%}
{%- if model.resource_type == 'unit_test' %}{{ return(none) }}{% endif -%}
{%- set query -%}
select activity_date from {{ ref('int_day_to_build') }}
where part = '{{ part }}' and not is_every_day
union all
select null as activity_date from {{ ref('int_day_to_build') }} where is_every_day
order by activity_date
{%- endset -%}
{%- set may_ask = may_ask_the_warehouse() -%}
{%- set days = run_query(query).columns[0].values() | list if may_ask else [none] -%}
{{ return(none if none in days else days) }}
{%- endmacro %}


{# Whether a business day is one that tonight builds. #}
{% macro is_built_tonight(date, part) -%}
{%- set days = days_of_tonight(part) -%}
{%- if days is none -%}
true
{%- elif not days -%}
false
{%- else -%}
{{ date }} in (date '{{ days | join("', date '") }}')
{%- endif -%}
{%- endmacro %}


{# Whether an instant is late enough to matter to a day that tonight builds: what happens on it, a
   state that has lasted for a day by then, the night shift before it. A list of dates would read
   less after a correction of long ago, and every block of the table in any other night. #}
{% macro is_read_tonight(at, part) -%}
{%- set days = days_of_tonight(part) -%}
{%- if days is none -%}
true
{%- elif not days -%}
false
{%- else -%}
{{ at }} >= {{ add_days("cast('" ~ days[0] ~ "' as date)", -days_around_an_event()) }}
{%- endif -%}
{%- endmacro %}


{# The legs that matter to the contacts of tonight. A contact that goes on tonight and began before
   all that is read is read with all its legs; hardly any does, and then nothing more is planned. #}
{% macro legs_read_tonight(columns) -%}
{%- set legs = ref('stg_crm__contact_legs') -%}
{%- set is_recent = is_read_tonight('leg_started_at', 'chain') -%}
{%- set going_on -%}
select contact_id from {{ legs }}
        where
            {{ is_read_tonight('leg_started_at', 'contact') }}
            and not ({{ is_read_tonight('contact_started_at', 'chain') }})
{%- endset -%}
select {{ columns }} from {{ legs }}
    where {{ is_recent }}
{%- if is_recent not in ('true', 'false') and run_query(going_on).rows | length > 0 %}
    union all
    select {{ columns }} from {{ legs }}
    where not ({{ is_recent }}) and contact_id in (
        {{ going_on }}
    )
{%- endif %}
{%- endmacro %}


{# The invitations that matter to the outcomes of tonight: an answer may follow one of weeks ago.
   Together with `or`, all that were ever sent would be held against the answers. #}
{% macro invitations_read_tonight(columns) -%}
{%- set invitations = ref('stg_surveys__invitations') -%}
{%- set is_recent = is_read_tonight('triggered_at', 'outcome') -%}
select {{ columns }} from {{ invitations }}
    where {{ is_recent }}
    union all
    select {{ columns }} from {{ invitations }}
    where not ({{ is_recent }}) and invitation_id in (
        select responses.invitation_id from {{ ref('stg_surveys__responses') }} as responses
        where {{ is_read_tonight('responses.responded_at', 'outcome') }}
    )
{%- endmacro %}


{# Whether a model is about to run. While dbt reads the project, or only shows what a model says,
   there is no warehouse to ask. #}
{% macro may_ask_the_warehouse() %}{{ return(execute and flags.INTROSPECT) }}{% endmacro %}
