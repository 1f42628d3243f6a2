# cosign verify: every element is a signature that was verified, a list for each image or one object a line.
(if type == "array" then .[] else . end) | select(.critical // .Critical) | ["not_findings", "-"]
