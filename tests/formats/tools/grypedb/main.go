// Command grypedb writes a small vulnerability database that Grype can import:
//
//	grypedb advisories.json DIR        writes DIR/vulnerability.db
//
// It is built inside the source of Grype (see make-go.sh): the form of the
// database is Grype's own.
package main

import (
	"encoding/json"
	"log"
	"os"
	"time"

	v6 "github.com/anchore/grype/grype/db/v6"
)

// affected is one package of an advisory, in an operating system or not.
type affected struct {
	System    *v6.OperatingSystem
	Ecosystem string
	Name      string
	Blob      v6.PackageBlob
}

// advisory is one record of one provider.
type advisory struct {
	Provider string
	Record   v6.VulnerabilityBlob
	Packages []affected
}

type database struct {
	Advisories []advisory
	Exploited  []v6.KnownExploitedVulnerabilityBlob
	Epss       []v6.EpssHandle
	Weaknesses []v6.CWEHandle
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: grypedb ADVISORIES DIR")
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func write(from, dir string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	var in database
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	store, err := v6.NewWriter(v6.Config{DBDirPath: dir, CacheSizeKiB: 1024})
	if err != nil {
		return err
	}
	if err := store.SetDBMetadata(); err != nil {
		return err
	}
	then := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, advisory := range in.Advisories {
		if err := add(store, advisory, &then); err != nil {
			return err
		}
	}
	for _, blob := range in.Exploited {
		handle := &v6.KnownExploitedVulnerabilityHandle{Cve: blob.Cve, BlobValue: &blob}
		if err := store.AddKnownExploitedVulnerabilities(handle); err != nil {
			return err
		}
	}
	for _, handle := range in.Epss {
		handle.Date = then
		if err := store.AddEpss(&handle); err != nil {
			return err
		}
	}
	for _, handle := range in.Weaknesses {
		if err := store.AddCWE(&handle); err != nil {
			return err
		}
	}
	return store.Close()
}

func add(store v6.Writer, advisory advisory, then *time.Time) error {
	record := &v6.VulnerabilityHandle{
		Name:          advisory.Record.ID,
		Status:        v6.VulnerabilityActive,
		PublishedDate: then,
		ModifiedDate:  then,
		ProviderID:    advisory.Provider,
		Provider: &v6.Provider{
			ID: advisory.Provider, Version: "1", Processor: "grypedb", DateCaptured: then, InputDigest: "xxh64:0",
		},
		BlobValue: &advisory.Record,
	}
	if err := store.AddVulnerabilities(record); err != nil {
		return err
	}
	for _, found := range advisory.Packages {
		handle := &v6.AffectedPackageHandle{
			Vulnerability:   record,
			OperatingSystem: found.System,
			Package:         &v6.Package{Ecosystem: found.Ecosystem, Name: found.Name},
			BlobValue:       &found.Blob,
		}
		if err := store.AddAffectedPackages(handle); err != nil {
			return err
		}
	}
	return nil
}
