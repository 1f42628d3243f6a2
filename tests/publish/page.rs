//! The workflows of `docs/forks.md` belong together, and use what there is.

use serde_json::Value;

/// The blocks of YAML of a page.
fn workflows() -> Vec<Value> {
    let page = include_str!("../../docs/forks.md");
    let blocks = page.split("```yaml\n").skip(1);
    blocks
        .map(|block| {
            let text = block.split("```").next().unwrap();
            serde_saphyr::from_str(text).expect("YAML")
        })
        .collect()
}

/// The steps that use an action, by the beginning of its name.
fn step<'a>(workflow: &'a Value, job: &str, action: &str) -> &'a Value {
    let steps = workflow["jobs"][job]["steps"].as_array().unwrap();
    let uses = |step: &&Value| step["uses"].as_str().unwrap().starts_with(action);
    steps.iter().find(uses).expect(action)
}

#[test]
fn the_two_workflows_fit() {
    let all = workflows();
    let [first, second] = all.as_slice() else {
        panic!("{} workflows", all.len());
    };
    assert_eq!(second["on"]["workflow_run"]["workflows"][0], first["name"]);
    let up = step(first, "scan", "actions/upload-artifact");
    let down = step(second, "publish", "actions/download-artifact");
    assert_eq!(up["with"]["name"], down["with"]["name"]);
    assert_eq!(up["with"]["path"], "reports/security/publish.bundle");
    let gate = [
        step(first, "scan", "sarif-gate/"),
        step(second, "publish", "sarif-gate/"),
    ];
    assert_eq!(gate[0]["with"]["publish"], "later");
    let path = format!("{}/publish.bundle", down["with"]["path"].as_str().unwrap());
    assert_eq!(gate[1]["with"]["publish"], path.as_str());
    let action: Value = serde_saphyr::from_str(include_str!("../../action.yml")).expect("YAML");
    for step in gate {
        for name in step["with"].as_object().unwrap().keys() {
            assert!(action["inputs"].get(name).is_some(), "{name}");
        }
    }
    // The one that a stranger's code runs in can write nothing, and the other one runs nothing of theirs.
    let mut permissions = first["permissions"].as_object().unwrap().values();
    assert!(permissions.all(|permission| permission == "read"));
    let steps = second["jobs"]["publish"]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|step| step.get("run").is_none()));
    assert!(!second.to_string().contains("checkout"));
}
