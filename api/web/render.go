package web

import (
	"embed"
	"fmt"
	"hash/fnv"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
)

//go:embed templates/*.html
var templateFiles embed.FS

//go:embed assets
var assetFiles embed.FS

// assetRoot names what pages load after its content, so that browsers may keep it for
// ever and never keep the wrong one.
var assetRoot = "/assets/" + fingerprint(assetFiles) + "/"

// htmxConfig keeps htmx within the content security policy, has it show pages that tell of an
// error as well, and ask for a page again when one goes back to it.
const htmxConfig = `{"includeIndicatorStyles":false,"allowEval":false,"allowScriptTags":false,"selfRequestsOnly":true,` +
	`"historyCacheSize":0,"refreshOnHistoryMiss":true,"responseHandling":[{"code":"204","swap":false},{"code":"...","swap":true}]}`

// pages holds one template a page: the base, the parts, and what the page defines.
type pages map[string]*template.Template

// parsePages reads every template. They are embedded, so a fault in one is a fault of the
// build, which the first test meets.
func parsePages() pages {
	shared := template.Must(template.New("base.html").Funcs(words).ParseFS(templateFiles, "templates/base.html", "templates/part.*.html"))
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		panic(err)
	}
	all := pages{}
	for _, file := range names {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name == "base" || strings.HasPrefix(name, "part.") {
			continue
		}
		all[name] = template.Must(template.Must(shared.Clone()).ParseFS(templateFiles, file))
	}
	return all
}

func (p pages) execute(w io.Writer, name string, v view) error {
	page, found := p[name]
	if !found {
		return fmt.Errorf("render page %s: no such template", name)
	}
	if err := page.ExecuteTemplate(w, "base.html", v); err != nil {
		return fmt.Errorf("render page %s: %w", name, err)
	}
	return nil
}

// assets serves what pages load, to be kept by browsers for a year.
func assets() http.Handler {
	files, err := fs.Sub(assetFiles, "assets")
	if err != nil {
		panic(err)
	}
	serve := http.StripPrefix(assetRoot, http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // a folder, which FileServer would list
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		serve.ServeHTTP(w, r)
	})
}

func fingerprint(files fs.FS) string {
	h := fnv.New64a()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		h.Write([]byte(name))
		h.Write(body)
		return err
	})
	if err != nil {
		panic(err)
	}
	return strconv.FormatUint(h.Sum64(), 36)
}

// words are the functions that templates may call.
var words = template.FuncMap{
	"asset":    func(name string) string { return assetRoot + name },
	"htmx":     func() string { return htmxConfig },
	"path":     pathOf,
	"segment":  url.PathEscape,
	"hue":      hueOf,
	"name":     nameOf,
	"number":   anyNumber,
	"score":    points,
	"bits":     bits,
	"instant":  instantOf,
	"start":    startOf,
	"size":     size,
	"plural":   plural,
	"external": external,
	"host":     host,
	"share":    share,
	"near":     headed,
	"sections": func() []choice { return sections },
}

// sections are the entries of the navigation.
var sections = []choice{
	{Name: "Matches", Path: "/matches"},
	{Name: "Teams", Path: "/teams"},
	{Name: "Tournaments", Path: "/tournaments"},
	{Name: "Titles", Path: "/titles"},
	{Name: "Suggestions", Path: "/suggestions"},
	{Name: "Sources", Path: "/sources"},
	{Name: "Messages", Path: "/messages"},
	{Name: "Changes", Path: "/changes"},
	{Name: "Acts", Path: "/acts"},
	{Name: "Runs", Path: runsPath},
}
