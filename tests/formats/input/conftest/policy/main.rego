package main

import rego.v1

deny_root contains message if {
	input.kind == "Deployment"
	not input.spec.template.spec.securityContext.runAsNonRoot
	message := sprintf("%s must not run as root", [input.metadata.name])
}

exception contains rules if {
	input.metadata.labels.legacy == "true"
	rules := ["root"]
}

deny contains message if {
	input.kind == "Deployment"
	not input.metadata.labels.owner
	message := sprintf("%s has no owner", [input.metadata.name])
}

warn contains message if {
	input.kind == "Deployment"
	some container in input.spec.template.spec.containers
	not container.resources.limits.memory
	message := sprintf("container %s has no limit for memory", [container.name])
}
