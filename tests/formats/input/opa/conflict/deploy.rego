package shop.deploy

import rego.v1

owner := "web team" if input.kind == "Pod"

owner := "nobody" if not input.metadata.labels.owner
