package main

import rego.v1

deny contains message if {
	count(input) > 2
	message := sprintf("%d deployments are too many", [count(input)])
}

warn contains message if {
	some file in input
	not file.contents.metadata.labels.owner
	message := sprintf("%s has no owner", [file.path])
}
