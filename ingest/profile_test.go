package ingest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"umpire/ent/store"
	"umpire/ingest"
	"umpire/resolve"
)

func TestReadProfiles(t *testing.T) {
	tests := []struct {
		why, file string
		want      []store.Source
	}{
		{"YAML", "sources:\n  lounge:\n    zone: Europe/Copenhagen\n    ids: {team: none}\n  archive: {}\n", []store.Source{
			{Name: "archive"},
			{Name: "lounge", Zone: "Europe/Copenhagen", IDs: map[string]string{"team": "none"}},
		}},
		{"JSON", `{"sources": {"lounge": {"zone": "Asia/Tokyo", "ids": {"match": "source"}}}}`, []store.Source{
			{Name: "lounge", Zone: "Asia/Tokyo", IDs: map[string]string{"match": "source"}},
		}},
		{"nothing", "", nil},
		{"nobody", "sources:\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := ingest.ReadProfiles(strings.NewReader(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReadProfilesRefuses(t *testing.T) {
	tests := []struct{ why, file, want string }{
		{"an unknown zone", "sources: {s: {zone: Mars/Olympus}}", `sources.s.zone: "Mars/Olympus" is no IANA time zone`},
		{"the zone of whatever machine reads it", "sources: {s: {zone: Local}}", `sources.s.zone: "Local" is no IANA time zone`},
		{"an unknown kind", "sources: {s: {ids: {player: none}}}", "sources.s.ids.player: is none of match, team and tournament"},
		{"an unknown meaning", "sources: {s: {ids: {team: nothing}}}", `sources.s.ids.team: "nothing" is none of title, source, none`},
		{"a match without an id would have no key", "sources: {s: {ids: {match: none}}}", `sources.s.ids.match: "none" is none of title, source`},
		{"a name that no message can give", "sources: {' s': {}}", "sources. s.name: has blanks around it"},
		{"a slip in a field's name", "sources: {s: {zones: UTC}}", "is no file of profiles: unmarshal errors:\n  line 1: field zones not found in type struct"},
		{"one source twice", "sources:\n  s: {}\n  s: {}\n", "is no file of profiles: unmarshal errors:\n  line 3: mapping key \"s\" already defined at line 2"},
		{"no YAML", "sources: [", "is no file of profiles: line 1:"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := ingest.ReadProfiles(strings.NewReader(tt.file))
			var invalid *resolve.InvalidError
			if !errors.As(err, &invalid) || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, %v; want %s", got, err, tt.want)
			}
		})
	}
}
