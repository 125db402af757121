{# Of each measure that is summed from the stretches of an agent's time: when it is measured, what
   is summed, and of which stretches if not of all. #}
{% macro measures_of_time() %}
{%- set planned = 'declared.has_planned_activity' -%}
{%- set scheduled = planned ~ ' and declared.has_activity_type' -%}
{%- set with_incidents = scheduled ~ ' and declared.has_service_incident' -%}
{%- set with_exceptions = scheduled ~ ' and declared.has_adherence_exception' -%}
{%- set seen = 'declared.has_described_activity' -%}
{%- set both = planned ~ ' and ' ~ seen -%}
{%- set classes = [
    'on_queue', 'off_queue_work', 'break', 'meal', 'meeting', 'coaching', 'training', 'unavailable',
] -%}
{%- set counts = 'adherence_exclusion_reason is null' -%}
{%- set sums_of_activities = {
    'scheduled_seconds': (scheduled, 'scheduled_seconds', none),
    'eligible_scheduled_seconds': (scheduled, 'scheduled_seconds', counts),
    'in_adherence_seconds': (both, 'in_adherence_seconds', none),
    'eligible_in_adherence_seconds': (both, 'in_adherence_seconds', counts),
    'unexplained_seconds': (both, 'scheduled_seconds - in_adherence_seconds', counts),
    'outage_seconds': (with_incidents, 'seconds', "adherence_exclusion_reason = 'system_outage'"),
    'approved_exception_seconds': (
        with_exceptions, 'seconds', "adherence_exclusion_reason = 'approved_exception'"
    ),
    'worked_seconds': (seen, 'worked_seconds', none),
    'eligible_worked_seconds': (seen, 'worked_seconds', counts),
    'overtime_seconds': (both, 'overtime_seconds', none),
    'paid_seconds': (seen, 'paid_seconds', none),
    'available_seconds': (seen ~ ' and is_availability_known', 'available_seconds', none),
    'leave_seconds': (seen, 'seconds', "coalesce(actual_category, planned_category) = 'time_off'"),
    'undescribed_seconds': (seen, 'seconds', "actual_category = 'unknown'"),
    'logged_in_seconds': (seen, 'seconds', "actual_category in ('" ~ classes | join("', '") ~ "')"),
} -%}
{%- for class in classes -%}
{%- set of_class = (seen, 'seconds', "actual_category = '" ~ class ~ "'") -%}
{%- do sums_of_activities.update({class ~ '_seconds': of_class}) -%}
{%- endfor -%}
{{ return(sums_of_activities) }}
{% endmacro %}
