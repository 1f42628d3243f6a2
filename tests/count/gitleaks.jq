# Gitleaks: every element of the list is a leak; null is a list of nothing.
(. // [])[] | ["secret", "high"]
