package e2e

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"slipway/automation/fault"
)

// One commit is one image: the same source is not built again for another commit, and another source, here another
// app's folder, is never taken for it.
func TestImageIdentityIsTheSource(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := filepath.Join(w.app, "one"), filepath.Join(w.app, "two")
	for folder, colour := range map[string]string{one: "green", two: "red"} {
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		copyFile(t, filepath.Join(w.app, "app"), filepath.Join(folder, "app"), 0o755)
		copyFile(t, filepath.Join(w.app, "Dockerfile"), filepath.Join(folder, "Dockerfile"), 0o644)
		if err := os.WriteFile(filepath.Join(folder, "behaviour.json"), []byte(`{"colour":"`+colour+`"}`), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	first := w.commitAll("two apps")
	w.up("delivery")
	w.up("dev")
	w.must("deploy", "dev", "--app", one)
	w.fails(fault.NotReady, []string{"another image of this commit", "built from one (tree ", "two (tree ", "slipway:appName"}, "deploy", "dev", "--app", two)

	w.git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "--quiet", "--allow-empty", "-m", "nothing new")
	var again struct {
		Data struct {
			Commit string
			Steps  []struct{ Name, Outcome, Note string }
		}
	}
	w.json(&again, "deploy", "dev", "--app", one, "--json")
	if again.Data.Commit == first || len(again.Data.Steps) < 3 {
		t.Fatalf("released %+v", again.Data)
	}
	if build := again.Data.Steps[1]; build.Outcome != "skipped" {
		t.Errorf("the same source under another commit: %+v", build)
	}
	if update := again.Data.Steps[2]; update.Outcome != "done" {
		t.Errorf("another commit of the same source: %+v", update)
	}
}

// Two apps in folders of one repository have a pipeline each: one push starts both, and each releases its own app. Of the
// one that did not change nothing is built.
func TestTwoProjectsOfOneRepository(t *testing.T) {
	t.Parallel()
	w := appAlone(t)
	top := t.TempDir()
	w.app = top
	w.git("init", "--quiet", "--initial-branch=main")
	inFolder := func(name string) *author {
		p := w.in(t)
		p.project = filepath.Join(top, "services", name)
		p.app, p.outputs = p.project, map[string]map[string]any{}
		if err := os.MkdirAll(p.project, 0o755); err != nil {
			t.Fatal(err)
		}
		p.staticApp("the " + name)
		p.must("init", p.project, "--yes")
		p.append("Pulumi.delivery.yaml", onlyDev)
		p.append("Pulumi.dev.yaml", withExec)
		return &author{world: p}
	}
	shop, bakery := inFolder("shop"), inFolder("bakery")
	bakery.append("Pulumi.delivery.yaml", "  slipway:existingRepository: shop\n")
	w.commitAll("two apps")
	digests := map[*author]string{}
	for _, p := range []*author{shop, bakery} {
		p.up("delivery")
		p.up("dev")
	}
	shop = shop.remote()
	shows := func(commit, ofShop, ofBakery string) {
		t.Helper()
		shop.send()
		for p, want := range map[*author]string{shop: ofShop, bakery: ofBakery} {
			digests[p] = p.ends(commit, "Succeeded").Variable("ImageDigest")
			if text := page(t, p.output("dev", "AppURL")); text != want {
				t.Errorf("%s answers %q, want %q", p.project, text, want)
			}
		}
	}
	shows(strings.TrimSpace(w.git("rev-parse", "HEAD")), "the shop", "the bakery")
	ofShop, ofBakery := digests[shop], digests[bakery]
	bakery.write("index.html", "another bakery")
	shows(w.commitAll("a change of one"), "the shop", "another bakery")
	if digests[shop] != ofShop || digests[bakery] == ofBakery {
		t.Errorf("images %s and %s became %s and %s", ofShop, ofBakery, digests[shop], digests[bakery])
	}
	everyDay := func(p *author, says string) {
		t.Helper()
		if r := p.released("deploy", "dev", "--json"); r.step("build") != "skipped" || r.Data.Release.Digest != digests[p] {
			t.Errorf("by hand %+v, want %s", r.Data, digests[p])
		}
		p.works(foreignApp{run: []string{"/static", "read"}, exec: []string{"--plain", "--", "/static", "read"}, says: says, build: staticPage})
	}
	everyDay(shop, "the shop")
	shop.must("destroy", "dev", "--yes") // or a network more would pass the account's quota of five
	everyDay(bakery, "another bakery")
	bakery.promotesAndEnds(digests[bakery])
}

// registry answers what logs in to the sandbox's registry.
func (w *world) registry() remote.Option {
	w.t.Helper()
	out, err := w.ecr().GetAuthorizationToken(w.t.Context(), &ecr.GetAuthorizationTokenInput{})
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := base64.StdEncoding.DecodeString(*out.AuthorizationData[0].AuthorizationToken)
	if err != nil {
		w.t.Fatal(err)
	}
	user, password, _ := strings.Cut(string(token), ":")
	return remote.WithAuth(&authn.Basic{Username: user, Password: password})
}

// pushBase pushes an image of one file, as a team's base image is.
func (w *world) pushBase(reference string) {
	w.t.Helper()
	var files bytes.Buffer
	tw := tar.NewWriter(&files)
	const text = "of the base\n"
	err := tw.WriteHeader(&tar.Header{Name: "base.txt", Mode: 0o644, Size: int64(len(text))})
	if err == nil {
		_, err = tw.Write([]byte(text))
	}
	if err := errors.Join(err, tw.Close()); err != nil {
		w.t.Fatal(err)
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files.Bytes())), nil })
	if err != nil {
		w.t.Fatal(err)
	}
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: runtime.GOARCH})
	if err == nil {
		image, err = mutate.AppendLayers(image, layer)
	}
	if err == nil {
		err = remote.Write(w.ref(reference), image, w.registry())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) ref(text string) name.Reference {
	w.t.Helper()
	ref, err := name.ParseReference(text)
	if err != nil {
		w.t.Fatal(err)
	}
	return ref
}

// What slipway:build says is what is built; a base image may be in the same registry.
func TestTheKeysOfABuild(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.up("delivery")
	w.pushBase(w.output("delivery", "RepositoryURL") + ":base")
	if err := os.Mkdir(filepath.Join(w.app, "docker"), 0o755); err != nil {
		t.Fatal(err)
	}
	w.write("docker/Dockerfile", "FROM "+w.output("delivery", "RepositoryURL")+":base AS base\n"+
		"FROM scratch AS bought\nCOPY keyed /\nRUN --mount=type=secret,id=NPM_TOKEN [\"/keyed\", \"seal\"]\n"+
		"FROM scratch AS run\nCOPY app behaviour.json /\nCOPY --from=base /base.txt /\nCOPY --from=bought /seal* /\nARG STAGE=none\nENV STAGE=$STAGE\nUSER 65532:65532\nENTRYPOINT [\"/app\"]\n"+
		"FROM base AS other\nCOPY nothing /\n")
	copyFile(t, built.keyed, filepath.Join(w.app, "keyed"), 0o755)
	commit := w.commitAll("a Dockerfile of its own")
	dev, err := os.ReadFile(filepath.Join(w.project, "Pulumi.dev.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	keys := string(dev) + "  slipway:build:\n    context: app\n    dockerfile: docker/Dockerfile\n    target: run\n    arguments: {STAGE: production}\n"
	w.stackFile("dev", keys)
	w.up("dev")
	var deployed struct {
		Data struct{ Release struct{ Image string } }
	}
	w.json(&deployed, "deploy", "dev", "--json")
	image, err := remote.Image(w.ref(deployed.Data.Release.Image), w.registry())
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(config.Config.Env, "STAGE=production") {
		t.Errorf("variables %q", config.Config.Env)
	}
	tree := strings.TrimSpace(w.git("rev-parse", "HEAD^{tree}"))
	for label, want := range map[string]string{
		"slipway.tree": tree, "org.opencontainers.image.revision": commit, "slipway.dockerfile": "docker/Dockerfile@", "slipway.build": "linux/" + runtime.GOARCH + " target=run arguments=sha256:",
	} {
		if got := config.Config.Labels[label]; !strings.HasPrefix(got, want) {
			t.Errorf("label %s is %q, want %s", label, got, want)
		}
	}

	w.write(".dockerignore", "*.json\n")
	w.commitAll("ignore too much")
	w.fails(fault.BuildFailed, []string{".dockerignore leaves out behaviour.json", "docker build --file docker/Dockerfile ."}, "deploy", "dev")
	w.stackFile("dev", strings.Replace(keys, "target: run", "target: missing", 1))
	w.fails(fault.BadInput, []string{`no stage "missing": it has base, bought, run, other`}, "deploy", "dev")
	w.write(".dockerignore", "")
	w.replace("app/docker/Dockerfile", "id=NPM_TOKEN", "id=NPM_TOKEN,required=true") // or the step without one comes out of the cache
	w.commitAll("take a secret")
	w.stackFile("dev", keys+"    secrets: [NPM_TOKEN]\n")
	w.with(t).buildsWithASecret()
}

// buildsWithASecret builds an image that takes a secret of the environment, which then is nowhere.
func (w *world) buildsWithASecret() {
	t := w.t
	w.fails(fault.BadInput, []string{"slipway:build.secrets names NPM_TOKEN", "export NPM_TOKEN=…"}, "deploy", "dev")
	w.env = append(w.env, "NPM_TOKEN="+buildToken)
	said := w.must("deploy", "dev", "--json")
	var deployed struct {
		Data struct{ Release struct{ Image string } }
	}
	w.json(&deployed, "deploy", "dev", "--json")
	image, err := remote.Image(w.ref(deployed.Data.Release.Image), w.registry())
	if err != nil {
		t.Fatal(err)
	}
	if got := fileOf(t, image, "seal"); got != short(buildToken) {
		t.Errorf("the step had %q", got)
	}
	config, err := image.RawConfigFile()
	if err != nil || bytes.Contains(config, []byte(buildToken)) {
		t.Errorf("%v; the image's configuration is %s", err, config)
	}

	w.replace("app/docker/Dockerfile", `"seal"`, `"tell"`)
	w.commitAll("a step that tells the secret")
	failed := w.fails(fault.BuildFailed, []string{"the token is [secret]"}, "deploy", "dev", "--verbose")
	for _, text := range []string{said.stdout, said.stderr, failed.stdout, failed.stderr} {
		if strings.Contains(text, buildToken) {
			t.Errorf("a secret is told:\n%s", text)
		}
	}
	w.tellsNothing(filepath.Join(w.project, ".slipway"))
}

// fileOf is what a file of an image says.
func fileOf(t testing.TB, image v1.Image, name string) string {
	t.Helper()
	content := mutate.Extract(image)
	defer content.Close()
	for files := tar.NewReader(content); ; {
		header, err := files.Next()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if header.Name == name {
			text, err := io.ReadAll(files)
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
}
