//! Trivy JSON: the report of today (`SchemaVersion` 2), the bare list of before 0.20, and the cluster report.
//!
//! A report is walked once, in whatever order its members come (`jq -S` puts the findings before the name of their
//! file). Findings go out at once where their header is known, else they wait in their final form, without the header's
//! parts. Of packages only those for development are remembered; custom
//! resources are passed over.

mod advisory;
mod misconfiguration;
mod modified;
mod others;
mod packages;
mod place;
mod result;
mod vulnerability;

use serde::Deserialize;

use super::products::of_image;
use super::{Desk, Document, Empty, Format, Read, ReportEnd, Sink};
use crate::model::{Status, Text, scale};
use crate::syntax::{Json, Loose, Mark, OrNothing, Raw, ReadError, Shape, each, text_of};

use place::{Resource, Scope, Shaped};
use result::{Walk, word};

const REPORT: &str = "trivy-json-2";
const BARE_LIST: &str = "trivy-json-1";
const CLUSTER: &str = "trivy-k8s";

/// The only schema that was ever published (Trivy `pkg/report/writer.go`, `SchemaVersion = 2`).
const SCHEMA: &str = "2";

pub(super) const FORMAT: Format = Format {
    id: "trivy",
    tool: "Trivy",
    link: "https://trivy.dev",
    scale: &scale::TRIVY,
    documents: &[
        Document::new(
            REPORT,
            &[Mark::Any(&[
                Mark::All(&[
                    Mark::Has("SchemaVersion", Shape::Whole),
                    Mark::OneOf("", &["ArtifactName", "ArtifactType", "Results"]),
                ]),
                // With sorted keys the version stands behind the results. Whoever has all three is Trivy's, and the
                // reader refuses it if no version follows.
                Mark::All(&[
                    Mark::Has("ArtifactName", Shape::Text),
                    Mark::Has("ArtifactType", Shape::Text),
                    Mark::Has("Results", Shape::List),
                ]),
            ])],
        ),
        Document::new(
            BARE_LIST,
            &[
                Mark::Keys("[]", &["Target"]),
                Mark::OneOf("[]", &["Vulnerabilities", "Misconfigurations", "Type"]),
            ],
        ),
        Document::new(
            CLUSTER,
            &[
                Mark::Has("ClusterName", Shape::Text),
                Mark::OneOf(
                    "",
                    &[
                        "Resources",
                        "Findings",
                        "Vulnerabilities",
                        "Misconfigurations",
                    ],
                ),
            ],
        ),
    ],
    identity: "advisory, package and image or manifest; check, resource and file; secret rule, file and masked line; license and package",
    clean_empties: &[Empty::List, Empty::Null],
    read: Read::Json(read),
};

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let shape = match desk.document {
        CLUSTER => Shaped::Cluster,
        BARE_LIST => Shaped::BareList,
        _ => Shaped::Report,
    };
    let mut walk = Walk::new(desk, sink, Scope::new(shape));
    let mut top = Top::default();
    match shape {
        Shaped::BareList => json.list(|json, _| walk.result(json))?,
        Shaped::Report => json.object(|json, key| top.report_member(json, key, &mut walk))?,
        Shaped::Cluster => json.object(|json, key| top.cluster_member(json, key, &mut walk))?,
    }
    top.check_schema(shape)?;
    walk.end_of_scope()?;
    let is_image = walk.scope.artifact_type.as_deref() == Some("container_image");
    Ok(top.end(walk.not_findings, is_image))
}

/// What `Metadata` says of an image.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<'a> {
    #[serde(borrow, default)]
    repo_tags: Loose<Raw<'a>>,
    #[serde(borrow, default)]
    repo_digests: Loose<Raw<'a>>,
    #[serde(borrow, rename = "ImageID")]
    image_id: Raw<'a>,
    #[serde(borrow, default)]
    image_config: OrNothing<ImageConfig<'a>>,
}

#[derive(Deserialize)]
struct ImageConfig<'a> {
    #[serde(borrow)]
    architecture: Raw<'a>,
}

/// The names of an image and its architecture.
#[derive(Default)]
struct Image {
    names: Vec<String>,
    architecture: Option<String>,
}

impl From<Metadata<'_>> for Image {
    fn from(metadata: Metadata<'_>) -> Image {
        let names = each(&metadata.repo_tags)
            .chain(each(&metadata.repo_digests))
            .copied();
        let names = names.chain([metadata.image_id]).filter_map(text_of);
        let config = metadata.image_config.0;
        Image {
            names: names.map(|name| name.into_owned()).collect(),
            architecture: config
                .and_then(|config| text_of(config.architecture))
                .map(|word| word.into_owned()),
        }
    }
}

/// What the top of a report says.
#[derive(Default)]
struct Top {
    image: Image,
    schema: Option<Text>,
    version: Option<Text>,
    target: Option<Text>,
    unanalysed: Vec<Text>,
    /// What went wrong with the first part that could not be analysed.
    why: Option<Text>,
}

impl Top {
    fn report_member(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        walk: &mut Walk<'_, '_, '_>,
    ) -> Result<(), ReadError> {
        match key {
            "SchemaVersion" => self.schema = word(json, &mut walk.desk.texts)?,
            "Trivy" => {
                json.object(|json, key| match key {
                    "Version" => {
                        self.version = word(json, &mut walk.desk.texts)?;
                        Ok(())
                    }
                    _ => json.skip(),
                })?;
            }
            "ArtifactName" => {
                self.target = word(json, &mut walk.desk.texts)?;
                walk.scope.artifact = Some(self.target.clone().unwrap_or_default());
            }
            "ArtifactType" => {
                let kind = word(json, &mut walk.desk.texts)?;
                walk.scope.artifact_type = Some(kind.unwrap_or_default());
            }
            "Metadata" => {
                let metadata: OrNothing<Metadata<'_>> = json.borrow()?;
                self.image = metadata.0.unwrap_or_default().into();
            }
            "Results" => {
                json.list_or_null(|json, _| walk.result(json))?;
            }
            _ => json.skip()?,
        }
        Ok(())
    }

    fn cluster_member(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        walk: &mut Walk<'_, '_, '_>,
    ) -> Result<(), ReadError> {
        match key {
            "SchemaVersion" => self.schema = word(json, &mut walk.desk.texts)?,
            "ClusterName" => self.target = word(json, &mut walk.desk.texts)?,
            "Resources" | "Findings" | "Vulnerabilities" | "Misconfigurations" => {
                json.list_or_null(|json, _| self.resource(json, walk))?;
            }
            _ => json.skip()?,
        }
        Ok(())
    }

    /// One resource of a cluster. Its `Metadata` is an object in old reports and a list in new ones; neither is needed.
    fn resource(
        &mut self,
        json: &mut Json<'_>,
        walk: &mut Walk<'_, '_, '_>,
    ) -> Result<(), ReadError> {
        walk.scope.resource = Resource::default();
        let mut failed = None;
        json.object(|json, key| {
            match key {
                "Namespace" => {
                    walk.scope.resource.namespace = Some(word(json, &mut walk.desk.texts)?)
                }
                "Kind" => walk.scope.resource.kind = Some(word(json, &mut walk.desk.texts)?),
                "Name" => walk.scope.resource.name = Some(word(json, &mut walk.desk.texts)?),
                "Error" => failed = word(json, &mut walk.desk.texts)?,
                "Results" => {
                    json.list_or_null(|json, _| walk.result(json))?;
                }
                _ => json.skip()?,
            }
            Ok(())
        })?;
        walk.end_of_scope()?;
        if let Some(error) = failed.filter(|error| !error.trim().is_empty()) {
            let address = walk.scope.resource.address();
            self.unanalysed.push(walk.desk.texts.share(&address));
            self.why.get_or_insert(error);
        }
        Ok(())
    }

    /// A cluster report has no version of its own, or 0; the bare list never had one.
    fn check_schema(&self, shape: Shaped) -> Result<(), ReadError> {
        match (shape, self.schema.as_deref()) {
            (Shaped::BareList, _)
            | (Shaped::Report, Some(SCHEMA))
            | (Shaped::Cluster, None | Some("0" | "1" | SCHEMA)) => Ok(()),
            (_, None) => Err(ReadError::whole(
                "looks like Trivy's report but has no SchemaVersion, so nobody can tell what it means",
            )),
            (_, Some(other)) => Err(ReadError::whole(format!(
                "Trivy's SchemaVersion {} is not supported, only {SCHEMA} is; write the report with a Trivy that prints {SCHEMA}, or update sarif-gate",
                super::bounds::quoted(other)
            ))),
        }
    }

    fn end(self, not_findings: u64, is_image: bool) -> ReportEnd {
        let version = self.version.filter(|version| !version.is_empty());
        let mut end = ReportEnd::of(&FORMAT, version);
        end.target = self.target.filter(|target| !target.is_empty());
        if is_image {
            let names = self.image.names.iter().map(String::as_str);
            end.products = of_image(
                end.target.as_deref().into_iter().chain(names),
                self.image.architecture.as_deref(),
            );
        }
        if let Some(why) = self.why {
            end.status = Status::Partial(format!(
                "Trivy could not analyse {} resource(s); the first error: {}",
                self.unanalysed.len(),
                super::bounds::title(&why)
            ));
        }
        end.unanalysed = self.unanalysed;
        end.not_findings = not_findings;
        end
    }
}

#[cfg(test)]
mod tests;
