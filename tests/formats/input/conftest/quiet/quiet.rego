package main

import rego.v1

# Nothing but helpers: no deny, warn or violation.
replicas := input.spec.replicas
