"""The ordinary words of applier's own sentences, and of the keys that it writes for programs."""

from __future__ import annotations

_WORDS = """
above absent accept active added address addresses after again against allowed allows already also another answered
applied applier apply authorized base before below between blank both bulk called cannot change changed changes
character characters check checked checks choice choose class code column command commit company compared compares
complete computes condition configuration connection connections contain contains continue converged could counts
create created creates data declaration declare declared declares default delete deleted deletes dependents depends
destination differ differences directory document does drift each edit edits email empty enabled encrypted enricher
enrichment environment environments equal error every exactly example exist existing exists exit expected exported
failed false field fields file files fill filled filter filters find first folder form format found frequency from
full function give given gives hand have here hint history hold holds host identities identity inactive input inputs
insert inside install instead intended into invalid itself keep keeps kept keys kind known large last least leave left
letter letters levels limit line lines list lists literal live longer look looked made manage managed many mapping
mappings maps match matches matching meant members message missing mode model models modes more moved must name named
names needs neither never none nothing null number numbers object objects offer offered omitted once ones only open
order organization other others output outside over owns part pass path pending placeholder plain plan property proxy
public query quotes read reading reads record records refers refused rejected remove removed rename renamed replace
replacement repository request required requires resource resources resync review role rows rule runs same sandbox
saved schedule schema schemas secret secrets section sent service sets setting settings several shell show shows
similar since some source spec start started starts state still such support supported sync syncs system table tables
take takes target targets text than that their them then these they this those time true twice type types unchanged
under unknown update updated upserts used uses value values variable variables version wait warning what when where
whether which whole with without workspace would write writes written
"""

ORDINARY_WORDS = frozenset(_WORDS.split())
"""Words of small letters that sentences of applier use often. A password can be one of them: without it, a sentence
that everybody knows would tell the password by its gap. A word that is missing here is hidden like any other secret."""
