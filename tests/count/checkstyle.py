# Checkstyle's XML: every <error>.
import sys
import xml.etree.ElementTree as tree

WORDS = {"error": "medium", "warning": "low", "info": "info", "ignore": "info", "": "medium"}
for error in tree.parse(sys.argv[1]).getroot().iter("error"):
    print("quality", WORDS.get(error.get("severity", ""), "unknown"), sep="\t")
