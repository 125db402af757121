"""The made-up contact centre: every feed of a real one, drawn from abilities that are known.

`make_centre` writes two folders under `<home>/synthetic_centre`:

`drop/<source_system>/<feed>/<extract_id>/` is what the pipeline reads: part files, and a
`manifest.json` written last. Extracts are never rewritten; one more day adds one more extract.

`truth/` is what the pipeline must never read:
- `agent_ability.parquet`: one row per agent and ability, in sd, higher is better (faster, for
  `talk` and `after_call`).
- `agent_effect.parquet`: one row per agent and team served, in the unit the world is drawn with:
  log of talk and after-call seconds, logit of resolution, repeat, transfer and satisfaction, and
  QA points. A planted team's effect is inside.
- `agent_habit.parquet`: one row per agent: how much of a call, of due questions and of due phrases
  is theirs, and whose habit is planted.
- `evaluator_severity.parquet`: points that an evaluator adds to every score.
- `planted_world.parquet`: which planted situation touches which team, site or agent, and when.
- `vendor_day_gap/` (one file per extract): the days that the vendor adds up otherwise, and why.
- where planted, `reassigned_case/`, `survey_without_agent/`, `adherence_decision/` (one file per
  extract) and, of the messy feeds, `messy_row.parquet` and `messy_extract.parquet`.

Belongs here: the declarations of the made-up centre, and the draws that follow from them.
Does not belong here: anything about scoring; it does not know the pipeline it feeds.
"""

from orchestration.synthetic_centre.centre import CentreFacts, make_centre

__all__ = ["CentreFacts", "make_centre"]
