package s3

import "net/http"

type bucketView struct {
	Name         string
	CreationDate stamp
}

func (c *call) listBuckets() error {
	all, err := c.buckets.All()
	if err != nil {
		return err
	}
	out := struct {
		Owner   owner
		Buckets struct{ Bucket []bucketView }
	}{Owner: account}
	for _, b := range all {
		out.Buckets.Bucket = append(out.Buckets.Bucket, bucketView{b.Name, stamp(b.Created)})
	}
	return c.answer("ListAllMyBucketsResult", out)
}

func (c *call) createBucket() error {
	if err := c.Service.createBucket(bucket{Name: c.name}); err != nil {
		return err
	}
	c.w.Header().Set("Location", "/"+c.name)
	return nil
}

func (c *call) deleteBucket() error {
	if err := c.Service.deleteBucket(c.name, false); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *call) headBucket() error {
	_, err := c.bucket(c.name)
	if err == nil {
		c.w.Header().Set("x-amz-bucket-region", string(c.region))
	}
	return err
}

func (c *call) getLocation() error {
	if err := c.headBucket(); err != nil {
		return err
	}
	region := string(c.region)
	if region == "us-east-1" {
		region = ""
	}
	return c.answer("LocationConstraint", struct {
		Region string `xml:",chardata"`
	}{region})
}

type versioning struct {
	Status    string `xml:",omitempty"`
	MfaDelete string `xml:",omitempty"`
}

func (c *call) getVersioning() error {
	b, err := c.bucket(c.name)
	if err != nil {
		return err
	}
	return c.answer("VersioningConfiguration", versioning{Status: b.Versioning})
}

func (c *call) putVersioning() error {
	var in versioning
	if err := c.decode(&in); err != nil {
		return err
	}
	if in.MfaDelete == versioned {
		return errNotHere("MfaDelete")
	}
	return c.setVersioning(c.name, in.Status)
}
