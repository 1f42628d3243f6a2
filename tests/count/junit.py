# JUnit: a test with a failure or an error is a finding, any other test none. A suite may fail as a whole.
import sys
import xml.etree.ElementTree as tree

BAD = {"failure", "error", "rerunFailure", "rerunError"}
WORDS = {"failed", "failure", "error", "broken"}

for element in tree.parse(sys.argv[1]).getroot().iter():
    tags = {child.tag for child in element}
    if element.tag == "testcase":
        said = {element.get("status", "").lower(), element.get("result", "").lower()} & WORDS
        bad = tags & BAD or (said and "skipped" not in tags)
        print("quality\thigh" if bad else "not_findings\t-")
    elif element.tag in ("testsuite", "testsuites"):
        for child in element:
            if child.tag in ("failure", "error"):
                print("quality\thigh")
