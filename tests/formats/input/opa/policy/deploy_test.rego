package shop.deploy_test

import data.shop.deploy
import rego.v1

plain := {"spec": {"containers": [{"name": "web", "image": "example.com/shop:1.4.0"}]}}

latest := {"spec": {"containers": [{"name": "web", "image": "example.com/shop:latest"}]}}

test_plain_image_is_allowed if deploy.allow with input as plain

test_latest_is_denied if count(deploy.deny) == 1 with input as latest

test_limits_are_required if count(deploy.deny) == 1 with input as plain

test_cluster_is_known if data.shop.cluster == "production"

todo_test_registry_is_ours if deploy.allow with input as latest
