package shop.deploy

import rego.v1

default allow := false

allow if count(deny) == 0

deny contains message if {
	some container in input.spec.containers
	container.securityContext.privileged
	message := sprintf("container %s is privileged", [container.name])
}

deny contains message if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	message := sprintf("container %s runs %s: pin the image", [container.name, container.image])
}

warn contains message if {
	some container in input.spec.containers
	not container.resources.limits.memory
	message := sprintf("container %s has no limit for memory", [container.name])
}

violation contains finding if {
	some container in input.spec.containers
	some variable in container.env
	variable.name == "ADMIN_PASSWORD"
	variable.value
	finding := {
		"msg": sprintf("container %s has a password in %s", [container.name, variable.name]),
		"severity": "critical",
		"details": {"container": container.name},
	}
}
