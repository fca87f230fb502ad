package controller

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"slipway/sandbox/naming"
)

// cookieName is the session cookie. Jenkins adds a hash of the server to its name.
const cookieName = "JSESSIONID.slipway"

// sessionLife is how long somebody who logged in stays so.
const sessionLife = 12 * time.Hour

// crumbField is the header or form field that carries the crumb.
const crumbField = "Jenkins-Crumb"

// session is somebody who logged in by the form.
type session struct {
	user string
	ends time.Time
}

type userKey struct{}

// userOf returns who made the request.
func userOf(r *http.Request) string {
	user, _ := r.Context().Value(userKey{}).(string)
	return user
}

// open are the paths that need no user.
var open = map[string]bool{"/login": true, "/j_spring_security_check": true, "/logout": true}

// authenticated asks every request who makes it, and every POST for its crumb.
func (c *Controller) authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Jenkins", c.config.Version)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		user, given := c.user(r)
		switch {
		case given && user == "":
			w.Header().Set("WWW-Authenticate", `Basic realm="Jenkins"`)
			http.Error(w, "Invalid password/token for user", http.StatusUnauthorized)
		case open[r.URL.Path]:
			next.ServeHTTP(w, r)
		case user == "":
			forbidden(w, r)
		case r.Method == http.MethodPost && !c.crumbed(r, user):
			http.Error(w, "No valid crumb was included in the request", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
		}
	})
}

// user returns who a request says it comes from, and whether it says so by a password. A wrong one is nobody.
func (c *Controller) user(r *http.Request) (user string, given bool) {
	if name, password, ok := r.BasicAuth(); ok {
		if !c.knows(name, password) {
			name = ""
		}
		return name, true
	}
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return "", false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.sessions[cookie.Value]
	if !ok || c.config.Clock.Now().After(s.ends) {
		return "", false
	}
	return s.user, false
}

func (c *Controller) knows(user, password string) bool {
	want, ok := c.config.Settings.Users[user]
	return ok && subtle.ConstantTimeCompare([]byte(want), []byte(password)) == 1
}

// forbidden sends a browser on to the login, as Jenkins does: by a page, so that others see the 403.
func forbidden(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html;charset=utf-8")
	w.Header().Set("X-You-Are-Authenticated-As", "anonymous")
	w.WriteHeader(http.StatusForbidden)
	to := "/login?from=" + url.QueryEscape(r.URL.RequestURI())
	_, _ = w.Write([]byte("<html><head><meta http-equiv='refresh' content='0;url=" + template.HTMLEscapeString(to) +
		"'/></head><body>Authentication required</body></html>\n"))
}

// crumb is what a session's POSTs have to carry.
func (c *Controller) crumb(user, session string) string {
	mac := hmac.New(sha256.New, c.secret)
	mac.Write([]byte(user + "\x00" + session))
	return hex.EncodeToString(mac.Sum(nil))
}

func (c *Controller) crumbed(r *http.Request, user string) bool {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	given := r.Header.Get(crumbField)
	if given == "" {
		given = r.PostFormValue(crumbField)
	}
	return hmac.Equal([]byte(given), []byte(c.crumb(user, cookie.Value)))
}

// sessionID returns the request's session, and opens one when there is none.
func sessionID(w http.ResponseWriter, r *http.Request) string {
	if cookie, err := r.Cookie(cookieName); err == nil && cookie.Value != "" {
		return cookie.Value
	}
	return newSession(w, r)
}

func newSession(w http.ResponseWriter, r *http.Request) string {
	id := naming.Hex(32)
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: id, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	})
	return id
}

func (c *Controller) issueCrumb(w http.ResponseWriter, r *http.Request) {
	answer(w, r, object{
		"_class": "hudson.security.csrf.DefaultCrumbIssuer", "crumb": c.crumb(userOf(r), sessionID(w, r)), "crumbRequestField": crumbField,
	})
}

// logIn takes the form of the login page.
func (c *Controller) logIn(w http.ResponseWriter, r *http.Request) {
	name, from := r.PostFormValue("j_username"), local(r.PostFormValue("from"))
	if !c.knows(name, r.PostFormValue("j_password")) {
		http.Redirect(w, r, "/login?error&from="+url.QueryEscape(from), http.StatusFound)
		return
	}
	now := c.config.Clock.Now()
	id := newSession(w, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, s := range c.sessions {
		if now.After(s.ends) {
			delete(c.sessions, id)
		}
	}
	c.sessions[id] = session{name, now.Add(sessionLife)}
	http.Redirect(w, r, from, http.StatusFound)
}

// logOut forgets the session.
func (c *Controller) logOut(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		c.mu.Lock()
		delete(c.sessions, cookie.Value)
		c.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1})
	http.Redirect(w, r, "/login", http.StatusFound)
}

// local returns a path of this server, or its root when the text leads elsewhere.
func local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.Contains(path, `\`) {
		return "/"
	}
	return path
}
