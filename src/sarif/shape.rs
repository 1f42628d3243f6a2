//! The shape of SARIF 2.1.0: which members each object type has and what they hold. Compressed from the official
//! schema; a test compares the two.
//!
//! Must not know: results, rules, what the members mean.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What a member holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A text.
    Text,
    /// An absolute URI.
    Uri,
    /// A URI reference.
    Reference,
    /// A UUID.
    Guid,
    /// A date and time of RFC 3339.
    Time,
    /// A media type.
    Mime,
    /// A language tag of the form `en` or `en-US`.
    Language,
    /// A version of four numbers.
    Quad,
    /// `true` or `false`.
    Bool,
    /// A whole number, at least this where a bound is given.
    Whole(Option<i64>),
    /// A number within these bounds where they are given.
    Number(Option<(f64, f64)>),
    /// One of these words.
    Word(Vec<&'static str>),
    /// An object of this type.
    Object(&'static str),
    /// A list, with whether it may not be empty and whether its elements are distinct.
    List(Box<Type>, bool, bool),
    /// An object whose members all hold this.
    Map(Box<Type>),
    /// A property bag: anything, `tags` being distinct texts.
    Bag,
}

/// One member.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Whether the object is nothing without it.
    pub required: bool,
    /// What it holds.
    pub holds: Type,
}

/// One object type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Its members.
    pub members: Vec<Member>,
    /// At least one of these has to be there.
    pub any_of: Vec<&'static str>,
    /// Exactly one of these has to be there.
    pub one_of: Vec<&'static str>,
}

impl Shape {
    /// The member `name`.
    pub fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// The shape of the object type `name`.
pub fn shape(name: &str) -> Option<&'static Shape> {
    SHAPES.get(name)
}

static SHAPES: LazyLock<BTreeMap<&'static str, Shape>> = LazyLock::new(|| parse(TABLE));

/// `roles` of an artifact.
const ROLES: &str = "analysisTarget|attachment|responseFile|resultFile|standardStream|tracedFile|unmodified|modified|\
    added|deleted|renamed|uncontrolled|driver|extension|translation|taxonomy|policy|referencedOnCommandLine|\
    memoryContents|directory|userSpecifiedConfiguration|toolSpecifiedConfiguration|debugOutputFile|conversionSource|\
    externalPropertyFile|repositoryRoot";

/// `name!` is required; `@x` an object of type x, `[…]` a list (`1` not empty, `u` distinct), `{…}` a map, `=a|b` one of
/// these words, `intN` a whole number from N; `any=a|b` and `one=a|b` say which members an object needs. The types that
/// only external property files use are left out: those files are never opened.
const TABLE: &str = "
address { absoluteAddress:int-1 relativeAddress:int length:int kind:text name:text fullyQualifiedName:text
    offsetFromParent:int index:int-1 parentIndex:int-1 properties:bag }
artifact { description:@message location:@artifactLocation parentIndex:int-1 offset:int0 length:int-1
    roles:[u=ROLES]
    mimeType:mime contents:@artifactContent encoding:text sourceLanguage:text hashes:{text} lastModifiedTimeUtc:time
    properties:bag }
artifactChange { artifactLocation!:@artifactLocation replacements!:[1@replacement] properties:bag }
artifactContent { text:text binary:text rendered:@multiformatMessageString properties:bag }
artifactLocation { uri:ref uriBaseId:text index:int-1 description:@message properties:bag }
attachment { description:@message artifactLocation!:@artifactLocation regions:[u@region] rectangles:[u@rectangle]
    properties:bag }
codeFlow { message:@message threadFlows!:[1@threadFlow] properties:bag }
configurationOverride { configuration!:@reportingConfiguration descriptor!:@reportingDescriptorReference
    properties:bag }
conversion { tool!:@tool invocation:@invocation analysisToolLogFiles:[u@artifactLocation] properties:bag }
edge { id!:text label:@message sourceNodeId!:text targetNodeId!:text properties:bag }
edgeTraversal { edgeId!:text message:@message finalState:{@multiformatMessageString} stepOverEdgeCount:int0
    properties:bag }
exception { kind:text message:text stack:@stack innerExceptions:[@exception] properties:bag }
fix { description:@message artifactChanges!:[1u@artifactChange] properties:bag }
graph { description:@message nodes:[u@node] edges:[u@edge] properties:bag }
graphTraversal { runGraphIndex:int-1 resultGraphIndex:int-1 description:@message
    initialState:{@multiformatMessageString} immutableState:{@multiformatMessageString}
    edgeTraversals:[@edgeTraversal] properties:bag one=runGraphIndex|resultGraphIndex }
invocation { commandLine:text arguments:[text] responseFiles:[u@artifactLocation] startTimeUtc:time endTimeUtc:time
    exitCode:int ruleConfigurationOverrides:[u@configurationOverride]
    notificationConfigurationOverrides:[u@configurationOverride] toolExecutionNotifications:[@notification]
    toolConfigurationNotifications:[@notification] exitCodeDescription:text exitSignalName:text exitSignalNumber:int
    processStartFailureMessage:text executionSuccessful!:bool machine:text account:text processId:int
    executableLocation:@artifactLocation workingDirectory:@artifactLocation environmentVariables:{text}
    stdin:@artifactLocation stdout:@artifactLocation stderr:@artifactLocation stdoutStderr:@artifactLocation
    properties:bag }
location { id:int-1 physicalLocation:@physicalLocation logicalLocations:[u@logicalLocation] message:@message
    annotations:[u@region] relationships:[u@locationRelationship] properties:bag }
locationRelationship { target!:int0 kinds:[utext] description:@message properties:bag }
logicalLocation { name:text index:int-1 fullyQualifiedName:text decoratedName:text parentIndex:int-1 kind:text
    properties:bag }
message { text:text markdown:text id:text arguments:[text] properties:bag any=text|id }
multiformatMessageString { text!:text markdown:text properties:bag }
node { id!:text label:@message location:@location children:[u@node] properties:bag }
notification { locations:[u@location] message!:@message level:=none|note|warning|error threadId:int timeUtc:time
    exception:@exception descriptor:@reportingDescriptorReference associatedRule:@reportingDescriptorReference
    properties:bag }
physicalLocation { address:@address artifactLocation:@artifactLocation region:@region contextRegion:@region
    properties:bag any=address|artifactLocation }
rectangle { top:num left:num bottom:num right:num message:@message properties:bag }
region { startLine:int1 startColumn:int1 endLine:int1 endColumn:int1 charOffset:int-1 charLength:int0
    byteOffset:int-1 byteLength:int0 snippet:@artifactContent message:@message sourceLanguage:text properties:bag }
replacement { deletedRegion!:@region insertedContent:@artifactContent properties:bag }
reportingConfiguration { enabled:bool level:=none|note|warning|error rank:num-1..100 parameters:bag properties:bag }
reportingDescriptor { id!:text deprecatedIds:[utext] guid:guid deprecatedGuids:[uguid] name:text
    deprecatedNames:[utext] shortDescription:@multiformatMessageString fullDescription:@multiformatMessageString
    messageStrings:{@multiformatMessageString} defaultConfiguration:@reportingConfiguration helpUri:uri
    help:@multiformatMessageString relationships:[u@reportingDescriptorRelationship] properties:bag }
reportingDescriptorReference { id:text index:int-1 guid:guid toolComponent:@toolComponentReference properties:bag
    any=index|guid|id }
reportingDescriptorRelationship { target!:@reportingDescriptorReference kinds:[utext] description:@message
    properties:bag }
result { ruleId:text ruleIndex:int-1 rule:@reportingDescriptorReference
    kind:=notApplicable|pass|fail|review|open|informational level:=none|note|warning|error message!:@message
    analysisTarget:@artifactLocation locations:[@location] guid:guid correlationGuid:guid occurrenceCount:int1
    partialFingerprints:{text} fingerprints:{text} stacks:[u@stack] codeFlows:[@codeFlow] graphs:[u@graph]
    graphTraversals:[u@graphTraversal] relatedLocations:[u@location] suppressions:[u@suppression]
    baselineState:=new|unchanged|updated|absent rank:num-1..100 attachments:[u@attachment] hostedViewerUri:uri
    workItemUris:[uuri] provenance:@resultProvenance fixes:[u@fix] taxa:[u@reportingDescriptorReference]
    webRequest:@webRequest webResponse:@webResponse properties:bag }
resultProvenance { firstDetectionTimeUtc:time lastDetectionTimeUtc:time firstDetectionRunGuid:guid
    lastDetectionRunGuid:guid invocationIndex:int-1 conversionSources:[u@physicalLocation] properties:bag }
run { tool!:@tool invocations:[@invocation] conversion:@conversion language:language
    versionControlProvenance:[u@versionControlDetails] originalUriBaseIds:{@artifactLocation} artifacts:[u@artifact]
    logicalLocations:[u@logicalLocation] graphs:[u@graph] results:[@result] automationDetails:@runAutomationDetails
    runAggregates:[u@runAutomationDetails] baselineGuid:guid redactionTokens:[utext] defaultEncoding:text
    defaultSourceLanguage:text newlineSequences:[1utext] columnKind:=utf16CodeUnits|unicodeCodePoints
    externalPropertyFileReferences:@externalPropertyFileReferences threadFlowLocations:[u@threadFlowLocation]
    taxonomies:[u@toolComponent] addresses:[@address] translations:[u@toolComponent] policies:[u@toolComponent]
    webRequests:[u@webRequest] webResponses:[u@webResponse] specialLocations:@specialLocations properties:bag }
runAutomationDetails { description:@message id:text guid:guid correlationGuid:guid properties:bag }
specialLocations { displayBase:@artifactLocation properties:bag }
stack { message:@message frames!:[@stackFrame] properties:bag }
stackFrame { location:@location module:text threadId:int parameters:[text] properties:bag }
suppression { guid:guid kind!:=inSource|external status:=accepted|underReview|rejected justification:text
    location:@location properties:bag }
threadFlow { id:text message:@message initialState:{@multiformatMessageString}
    immutableState:{@multiformatMessageString} locations!:[1@threadFlowLocation] properties:bag }
threadFlowLocation { index:int-1 location:@location stack:@stack kinds:[utext] taxa:[u@reportingDescriptorReference]
    module:text state:{@multiformatMessageString} nestingLevel:int0 executionOrder:int-1 executionTimeUtc:time
    importance:=important|essential|unimportant webRequest:@webRequest webResponse:@webResponse properties:bag }
tool { driver!:@toolComponent extensions:[u@toolComponent] properties:bag }
toolComponent { guid:guid name!:text organization:text product:text productSuite:text
    shortDescription:@multiformatMessageString fullDescription:@multiformatMessageString fullName:text version:text
    semanticVersion:text dottedQuadFileVersion:quad releaseDateUtc:text downloadUri:uri informationUri:uri
    globalMessageStrings:{@multiformatMessageString} notifications:[u@reportingDescriptor]
    rules:[u@reportingDescriptor] taxa:[u@reportingDescriptor] locations:[@artifactLocation] language:language
    contents:[u=localizedData|nonLocalizedData] isComprehensive:bool localizedDataSemanticVersion:text
    minimumRequiredLocalizedDataSemanticVersion:text associatedComponent:@toolComponentReference
    translationMetadata:@translationMetadata supportedTaxonomies:[u@toolComponentReference] properties:bag }
toolComponentReference { name:text index:int-1 guid:guid properties:bag }
translationMetadata { name!:text fullName:text shortDescription:@multiformatMessageString
    fullDescription:@multiformatMessageString downloadUri:uri informationUri:uri properties:bag }
versionControlDetails { repositoryUri!:uri revisionId:text branch:text revisionTag:text asOfTimeUtc:time
    mappedTo:@artifactLocation properties:bag }
webRequest { index:int-1 protocol:text version:text target:text method:text headers:{text} parameters:{text}
    body:@artifactContent properties:bag }
webResponse { index:int-1 protocol:text version:text statusCode:int reasonPhrase:text headers:{text}
    body:@artifactContent noResponseReceived:bool properties:bag }
";

fn parse(table: &'static str) -> BTreeMap<&'static str, Shape> {
    let mut shapes = BTreeMap::new();
    let mut name = "";
    let mut shape = Shape::default();
    for word in table.split_ascii_whitespace() {
        match word {
            "{" => {}
            "}" => {
                shapes.insert(name, std::mem::take(&mut shape));
            }
            _ => match (word.split_once('='), word.split_once(':')) {
                (Some(("any", names)), _) => shape.any_of = names.split('|').collect(),
                (Some(("one", names)), _) => shape.one_of = names.split('|').collect(),
                (_, Some((member, holds))) => shape.members.push(Member {
                    name: member.trim_end_matches('!'),
                    required: member.ends_with('!'),
                    holds: parse_type(holds),
                }),
                (_, None) => name = word,
            },
        }
    }
    shapes
}

fn parse_type(text: &'static str) -> Type {
    if let Some(inner) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        let (filled, inner) = match inner.strip_prefix('1') {
            Some(rest) => (true, rest),
            None => (false, inner),
        };
        // `uri` begins with a `u` of its own: the mark is one only when a type is left after it.
        return match inner.strip_prefix('u').filter(|_| inner != "uri") {
            Some(rest) => Type::List(Box::new(parse_type(rest)), filled, true),
            None => Type::List(Box::new(parse_type(inner)), filled, false),
        };
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        return Type::Map(Box::new(parse_type(inner)));
    }
    if let Some(name) = text.strip_prefix('@') {
        return Type::Object(name);
    }
    if let Some(words) = text.strip_prefix('=') {
        let words = if words == "ROLES" { ROLES } else { words };
        return Type::Word(words.split('|').map(str::trim).collect());
    }
    if let Some(least) = text.strip_prefix("int") {
        return Type::Whole(least.parse().ok());
    }
    if let Some(bounds) = text.strip_prefix("num") {
        let bounds = bounds.split_once("..");
        return Type::Number(bounds.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?))));
    }
    match text {
        "uri" => Type::Uri,
        "ref" => Type::Reference,
        "guid" => Type::Guid,
        "time" => Type::Time,
        "mime" => Type::Mime,
        "language" => Type::Language,
        "quad" => Type::Quad,
        "bool" => Type::Bool,
        "bag" => Type::Bag,
        _ => Type::Text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The type that the official schema gives a member, in our words.
    fn official(schema: &Value) -> Type {
        if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
            let leaked: &'static str = Box::leak(name.to_owned().into_boxed_str());
            return if name == "propertyBag" {
                Type::Bag
            } else {
                Type::Object(leaked)
            };
        }
        if let Some(words) = schema["enum"].as_array() {
            let words = words.iter().filter_map(Value::as_str);
            let leak = |word: &str| -> &'static str { Box::leak(word.to_owned().into_boxed_str()) };
            return Type::Word(words.map(leak).collect());
        }
        match schema["type"].as_str().expect("a type") {
            "boolean" => Type::Bool,
            "integer" => Type::Whole(schema["minimum"].as_i64()),
            "number" => Type::Number(
                schema["maximum"]
                    .as_f64()
                    .and_then(|most| Some((schema["minimum"].as_f64()?, most))),
            ),
            "array" => Type::List(
                Box::new(official(&schema["items"])),
                schema["minItems"].as_u64().unwrap_or(0) > 0,
                schema["uniqueItems"].as_bool().unwrap_or(false),
            ),
            "object" => Type::Map(Box::new(official(&schema["additionalProperties"]))),
            _ => match (schema["pattern"].as_str(), schema["format"].as_str()) {
                (Some("[^/]+/.+"), _) => Type::Mime,
                (Some(pattern), _) if pattern.contains("a-z") => Type::Language,
                (Some(_), _) => Type::Quad,
                (_, Some("uri")) => Type::Uri,
                (_, Some("uri-reference")) => Type::Reference,
                (_, Some("uuid")) => Type::Guid,
                (_, Some("date-time")) => Type::Time,
                _ => Type::Text,
            },
        }
    }

    #[test]
    fn the_table_is_the_official_schema() {
        let text = include_str!("../../tests/schemas/sarif-2.1.0.json");
        let schema: Value = serde_json::from_str(text).expect("schema");
        let definitions = schema["definitions"].as_object().expect("definitions");
        let mut compared = 0;
        for (name, definition) in definitions {
            if name == "propertyBag" || name.starts_with("externalProp") {
                continue;
            }
            let ours = shape(name).unwrap_or_else(|| panic!("no shape {name}"));
            let members = definition["properties"].as_object().expect("members");
            let required = definition["required"].as_array();
            let needed = |key: &str| required.is_some_and(|r| r.iter().any(|v| v == key));
            assert_eq!(definition["additionalProperties"], false, "{name}");
            for (key, value) in members {
                let member = ours.member(key).unwrap_or_else(|| panic!("{name}.{key}"));
                assert_eq!(member.holds, official(value), "{name}.{key}");
                assert_eq!(member.required, needed(key), "{name}.{key}");
            }
            assert_eq!(ours.members.len(), members.len(), "{name}");
            for (word, list) in [("anyOf", &ours.any_of), ("oneOf", &ours.one_of)] {
                let theirs: Vec<&str> = definition[word].as_array().map_or(Vec::new(), |all| {
                    all.iter()
                        .filter_map(|one| one["required"][0].as_str())
                        .collect()
                });
                assert_eq!(list, &theirs, "{name}.{word}");
            }
            compared += 1;
        }
        assert_eq!(compared, SHAPES.len());
    }
}
