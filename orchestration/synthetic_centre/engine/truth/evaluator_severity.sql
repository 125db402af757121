-- One row is one evaluator: the points added to every score, negative when severe.
select
    evaluator_external_id,
    severity_points
from evaluator
order by evaluator_external_id
