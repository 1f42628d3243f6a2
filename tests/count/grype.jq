# Grype: matches, and matches that a rule ignored.
include "lib";
((.matches // [])[] | ["vulnerability", (.vulnerability.severity | word)]),
((.ignoredMatches // [])[] | ["suppressed", "-"])
