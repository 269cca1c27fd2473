package eval

import (
	"iter"
	"math"

	"umpire/resolve"
)

// bounds part the predicted probabilities into buckets.
var bounds = [...]float64{0, .02, .1, .2, .3, .4, .5, .6, .7, .8, .9, .98, 1}

// Reliability holds predicted probabilities against what is true: of the pairs that are said
// to be one with 80 %, 80 % should be.
type Reliability struct {
	Buckets [len(bounds) - 1]Bucket
	squares float64 // of what each prediction is off
}

// Bucket counts the pairs whose predicted probability lies in [From, To), the last one's in
// [From, To].
type Bucket struct {
	From, To     float64
	Count, Right int
	predicted    float64 // the sum
}

// NewReliability has counted nothing yet.
func NewReliability() *Reliability {
	r := &Reliability{}
	for i := range r.Buckets {
		r.Buckets[i].From, r.Buckets[i].To = bounds[i], bounds[i+1]
	}
	return r
}

// Add counts the pairs of match records of which the truth knows both. It may be called for
// several streams, which are pooled.
func (r *Reliability) Add(weighed iter.Seq[resolve.Weighing], truth Known) {
	for w := range weighed {
		if same, known := truth.Same(w.A, w.B); known && w.Kind == resolve.KindMatch {
			r.add(w.Probability, same)
		}
	}
}

func (r *Reliability) add(predicted float64, one bool) {
	i := 0
	for i < len(r.Buckets)-1 && predicted >= r.Buckets[i].To {
		i++
	}
	b := &r.Buckets[i]
	b.Count++
	b.predicted += predicted
	outcome := 0.
	if one {
		b.Right++
		outcome = 1
	}
	r.squares += (predicted - outcome) * (predicted - outcome)
}

// Count is the number of pairs counted.
func (r *Reliability) Count() int {
	n := 0
	for _, b := range r.Buckets {
		n += b.Count
	}
	return n
}

// Brier is the mean square of what the predictions are off (Brier 1950): 0 at best, .25 for
// who always says 50 %. It is NaN if nothing was counted.
func (r *Reliability) Brier() float64 { return r.squares / float64(r.Count()) }

// Predicted is the mean probability that the bucket's pairs were given, NaN if there are none.
func (b Bucket) Predicted() float64 { return b.predicted / float64(b.Count) }

// Share is the share of the bucket's pairs that are one in truth, NaN if there are none.
func (b Bucket) Share() float64 { return float64(b.Right) / float64(b.Count) }

// Wilson returns the interval in which the share lies with 95 % confidence.
func (b Bucket) Wilson() (float64, float64) { return wilson(b.Right, b.Count) }

// wilson is the score interval of a share, 95 % (Wilson 1927). Of nothing it is all: 0 to 1.
func wilson(part, whole int) (float64, float64) {
	if whole == 0 {
		return 0, 1
	}
	const z = 1.959964 // the normal distribution's 97.5 % quantile
	n := float64(whole)
	p := float64(part) / n
	centre := p + z*z/(2*n)
	spread := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	scale := 1 + z*z/n
	return max(0, (centre-spread)/scale), min(1, (centre+spread)/scale)
}
