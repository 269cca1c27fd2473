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

	"umpire/api/access"
	"umpire/ent/store"
	letters "umpire/resolve/text"
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

// rights are those of a reader's that make a difference to what is drawn: a form that would be
// refused is not.
type rights struct{ decide, operate bool }

func rightsOf(p access.Principal) rights { return rights{p.May(access.Decide), p.May(access.Operate)} }

// words are what templates ask a reader's rights by.
func (r rights) words() template.FuncMap {
	return template.FuncMap{"decides": func() bool { return r.decide }, "operates": func() bool { return r.operate }}
}

// parseEditions makes the pages for each kind of reader.
func parseEditions() map[rights]pages {
	editions := map[rights]pages{{}: parsePages(rights{}.words())}
	for _, role := range access.Roles {
		r := rightsOf(access.Principal{Role: role})
		if editions[r] == nil {
			editions[r] = parsePages(r.words())
		}
	}
	return editions
}

// parsePages reads every template. They are embedded, so a fault in one is a fault of the
// build, which the first test meets.
func parsePages(more template.FuncMap) pages {
	shared := template.Must(template.New("base.html").Funcs(words).Funcs(more).ParseFS(templateFiles, "templates/base.html", "templates/part.*.html"))
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

// asset serves what pages load, to be kept by browsers for a year.
func asset(w http.ResponseWriter, r *http.Request) error {
	if strings.HasSuffix(r.URL.Path, "/") { // a folder, which would be listed
		return store.ErrNotFound
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.StripPrefix(assetRoot, http.FileServerFS(within(assetFiles))).ServeHTTP(w, r)
	return nil
}

// within is the one folder of embedded files.
func within(files fs.FS) fs.FS {
	inside, err := fs.Sub(files, "assets")
	if err != nil {
		panic(err)
	}
	return inside
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
	"drawn":    letters.Tame,
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
