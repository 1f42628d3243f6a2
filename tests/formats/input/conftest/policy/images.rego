package shop.images

import rego.v1

deny contains finding if {
	input.kind == "Deployment"
	some container in input.spec.template.spec.containers
	endswith(container.image, ":latest")
	finding := {
		"msg": sprintf("container %s runs %s: pin the image", [container.name, container.image]),
		"severity": "HIGH",
		"details": {"image": container.image},
	}
}

violation contains finding if {
	input.kind == "Deployment"
	some container in input.spec.template.spec.containers
	container.securityContext.privileged
	finding := {
		"msg": sprintf("container %s is privileged", [container.name]),
		"severity": "critical",
		"_loc": {"file": "clusters/web.yaml", "line": 18},
	}
}
