package shop.deploy

import rego.v1

deny contains message if {
	some container in input.spec.containers
	not_there(container)
	message := sprintf("container %s is privileged", [name])
}
