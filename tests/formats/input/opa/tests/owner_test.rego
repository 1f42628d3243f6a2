package shop.owner_test

import data.shop.deploy
import rego.v1

test_owner_is_known if deploy.owner == "web team" with input as {"kind": "Pod"}

test_no_owner if not deploy.owner with input as {"kind": "Job", "metadata": {"labels": {"owner": "shop"}}}
