// Command trivydb writes a small vulnerability database that Trivy can read,
// so that the fixtures of this directory can be made again without a network:
//
//	go run . CACHE_DIR        writes CACHE_DIR/db/{trivy.db,metadata.json}
//
// The advisories are in advisories.json. They are real ones, cut down to what
// the sample projects need; the descriptions are shortened.
package main

import (
	_ "embed"
	"encoding/json"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/metadata"
	"github.com/aquasecurity/trivy-db/pkg/types"
	bolt "go.etcd.io/bbolt"
)

//go:embed advisories.json
var advisories []byte

// source is one feed of advisories: a top-level bucket of the database.
type source struct {
	Bucket     string // "npm::GitHub Security Advisory Npm", "debian 12"
	DataSource types.DataSource
	Packages   map[string]map[string]advisory // package, then vulnerability id
}

// advisory is types.Advisory with its status as a word.
type advisory struct {
	VendorIDs          []string
	FixedVersion       string
	VulnerableVersions []string
	PatchedVersions    []string
	Severity           types.Severity // of this package, where it differs
	Status             string         // affected, will_not_fix, fix_deferred, end_of_life
}

type database struct {
	Sources         []source
	Vulnerabilities map[string]types.Vulnerability
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: trivydb CACHE_DIR")
	}
	if err := write(filepath.Join(os.Args[1], "db")); err != nil {
		log.Fatal(err)
	}
}

func write(dir string) error {
	var in database
	if err := json.Unmarshal(advisories, &in); err != nil {
		return err
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := db.Init(dir); err != nil {
		return err
	}
	defer db.Close()

	out := db.Config{}
	if err := out.BatchUpdate(func(tx *bolt.Tx) error { return fill(out, tx, in) }); err != nil {
		return err
	}
	return metadata.NewClient(dir).Update(metadata.Metadata{
		Version:      db.SchemaVersion,
		UpdatedAt:    time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		DownloadedAt: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		NextUpdate:   time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	})
}

func fill(out db.Config, tx *bolt.Tx, in database) error {
	for _, src := range in.Sources {
		if err := out.PutDataSource(tx, src.Bucket, src.DataSource); err != nil {
			return err
		}
		for pkg, list := range src.Packages {
			for id, a := range list {
				value := &types.Advisory{
					VendorIDs:          a.VendorIDs,
					FixedVersion:       a.FixedVersion,
					VulnerableVersions: a.VulnerableVersions,
					PatchedVersions:    a.PatchedVersions,
					Severity:           a.Severity,
					Status:             types.NewStatus(a.Status),
				}
				if err := out.PutAdvisory(tx, []string{src.Bucket, pkg}, id, value); err != nil {
					return err
				}
			}
		}
	}
	for id, v := range in.Vulnerabilities {
		if err := out.PutVulnerability(tx, id, v); err != nil {
			return err
		}
	}
	return nil
}
