package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"umpire/ent/store"
)

// stageBar shows how far the planning of a run is: a bar a stage, on a terminal only.
type stageBar struct {
	w     io.Writer
	stage string
	bar   *progressbar.ProgressBar
}

func newStageBar(w io.Writer) *stageBar { return &stageBar{w: w} }

// show shows progress. A stage that cannot tell how far it is tells when it is expected to end.
func (s *stageBar) show(p store.RunProgress) {
	if p.Stage != s.stage {
		s.close()
		s.stage = p.Stage
		what := p.Stage
		if p.EndsAt != nil && p.Done == 0 {
			what += fmt.Sprintf(", about %s", time.Until(*p.EndsAt).Round(time.Second))
		}
		s.bar = countdown(s.w, max(p.Total, 1), what)
	}
	_ = s.bar.Set64(p.Done) // it is only shown
}

func (s *stageBar) close() {
	if s.bar != nil {
		_ = s.bar.Finish()
	}
}
