package controller

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// element is an XML element of a job's definition.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []element  `xml:",any"`
}

// declaration is what Jenkins writes at the head of a file: XML 1.1, which has no other meaning for what follows
// and which encoding/xml does not know.
var declaration = regexp.MustCompile(`^\s*<\?xml[^>]*\?>`)

func parseXML(content []byte) (element, error) {
	var root element
	if d := declaration.Find(content); d != nil {
		content = bytes.TrimPrefix(content, d)
	}
	err := xml.Unmarshal(content, &root)
	return root, err
}

func (e element) name() string { return e.XMLName.Local }

func (e element) child(name string) (element, bool) {
	for _, c := range e.Children {
		if c.name() == name {
			return c, true
		}
	}
	return element{}, false
}

// text returns the text of a child, "" when it is not there.
func (e element) text(name string) string {
	c, _ := e.child(name)
	return c.Text
}

// flag returns whether a child says true.
func (e element) flag(name string) bool { return strings.TrimSpace(e.text(name)) == "true" }

// class returns the Java class that an element stands for: its own attribute, or its name.
func (e element) class() string {
	for _, a := range e.Attrs {
		if a.Name.Local == "class" {
			return a.Value
		}
	}
	return strings.ReplaceAll(e.name(), "__", "_")
}

// only returns an error that names the first child that is not among those known.
func (e element) only(known ...string) error {
	for _, c := range e.Children {
		if !slices.Contains(known, c.name()) {
			return fmt.Errorf("<%s> in <%s> is not supported here", c.name(), e.name())
		}
	}
	return nil
}
