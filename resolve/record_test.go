package resolve_test

import (
	"strings"
	"testing"

	"umpire/resolve"
)

// TestMint: an id is for ever, so these may never change.
func TestMint(t *testing.T) {
	tests := []struct {
		why  string
		key  resolve.Key
		want resolve.ID
	}{
		{"a match", resolve.Key{Kind: resolve.KindMatch, Source: "hltv", Scope: "cs go", ID: "2295340"}, "mch_c3wncwskqvyy8q0f"},
		{"a team by id", resolve.Key{Kind: resolve.KindTeam, Source: "hltv", Scope: "cs go", ID: "100"}, "tem_zhxgpw486rzc409t"},
		{"a team by name", resolve.Key{Kind: resolve.KindTeam, Source: "hltv", Scope: "cs go", Named: true, ID: "100"}, "tem_vwacc0eyxxxa4dp7"},
		{"parts do not run together", resolve.Key{Kind: resolve.KindTeam, Source: "hltvc", Scope: "s go", ID: "100"}, "tem_bs3rwmxmvrbq7q8n"},
		{"a tournament in any title", resolve.Key{Kind: resolve.KindTournament, Source: "hltv", ID: "15"}, "trn_3t0pktfzzf2qtk1y"},
		{"a title", resolve.Key{Kind: resolve.KindTitle, Source: "hltv", Named: true, ID: "CS:GO"}, "ttl_9z2cdhc22hmpme6w"},
		{"the longest key", resolve.Key{Kind: resolve.KindTeam, Source: strings.Repeat("s", 512), Scope: strings.Repeat("t", 512), ID: strings.Repeat("i", 512)}, "tem_c8k26bybw656wxfb"},
		{"nothing", resolve.Key{}, "_csm7nbfrcayqev4f"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := tt.key.Mint(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// BenchmarkMint mints the id of one match record.
func BenchmarkMint(b *testing.B) {
	key := resolve.Key{Kind: resolve.KindMatch, Source: "hltv", Scope: "cs go", ID: "2295340"}
	b.ReportAllocs()
	for b.Loop() {
		key.Mint()
	}
}
