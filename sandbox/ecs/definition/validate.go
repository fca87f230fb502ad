package definition

import (
	"regexp"
	"slices"
)

var family = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,255}$`)

// Validate returns the first objection that RegisterTaskDefinition has, in its words.
func (t Task) Validate() error {
	if t.Family == "" {
		return refuse("Family should not be null or empty.")
	}
	if !family.MatchString(t.Family) {
		return refuse("Invalid family name: %s. Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed.", t.Family)
	}
	if len(t.ContainerDefinitions) == 0 {
		return refuse("Container list cannot be empty.")
	}
	if err := t.checkModes(); err != nil {
		return err
	}
	if err := t.checkContainers(); err != nil {
		return err
	}
	if slices.Contains(t.RequiresCompatibilities, "FARGATE") {
		return t.checkFargate()
	}
	return t.checkSizes()
}

func (t Task) checkModes() error {
	switch t.NetworkMode {
	case "", "bridge", "awsvpc":
	case "host", "none":
		return refuse("networkMode %q is not supported here: bridge or awsvpc", t.NetworkMode)
	default:
		return refuse("Invalid networkMode: %s", t.NetworkMode)
	}
	for _, c := range t.RequiresCompatibilities {
		if c != "EC2" && c != "FARGATE" {
			return refuse("requiresCompatibilities %q is not supported here: EC2 or FARGATE", c)
		}
	}
	if p := t.Platform; p != nil && p.OperatingSystemFamily != "" && p.OperatingSystemFamily != "LINUX" {
		return refuse("operatingSystemFamily %q is not supported here: LINUX", p.OperatingSystemFamily)
	}
	return nil
}

func (t Task) checkContainers() error {
	essential := false
	names := map[string]bool{}
	for _, c := range t.ContainerDefinitions {
		if err := t.checkContainer(c); err != nil {
			return err
		}
		if names[c.Name] {
			return refuse("Container names should be unique: %s", c.Name)
		}
		names[c.Name] = true
		essential = essential || c.IsEssential()
	}
	if !essential {
		return refuse("Task definition must have at least one essential container.")
	}
	for _, c := range t.ContainerDefinitions {
		for _, d := range c.DependsOn {
			if !names[d.ContainerName] || d.ContainerName == c.Name {
				return refuse("Container dependency %s of container %s does not exist.", d.ContainerName, c.Name)
			}
		}
	}
	_, err := t.Order()
	return err
}

func (t Task) checkContainer(c Container) error {
	if c.Name == "" {
		return refuse("Container.name should not be null or empty.")
	}
	if !family.MatchString(c.Name) {
		return refuse("Invalid container name: %s", c.Name)
	}
	if c.Image == "" {
		return refuse("Container.image should not be null or empty.")
	}
	if t.Memory == "" && c.Memory == 0 && c.MemoryReservation == 0 {
		return refuse("Invalid setting for container '%s'. At least one of 'memory' or 'memoryReservation' must be specified.", c.Name)
	}
	if c.Memory != 0 && c.Memory < 6 {
		return refuse("Invalid setting for container '%s'. Invalid 'memory' value: the minimum is 6 MiB.", c.Name)
	}
	if c.Memory != 0 && c.MemoryReservation > c.Memory {
		return refuse("Invalid setting for container '%s'. 'memory' must be greater than 'memoryReservation'.", c.Name)
	}
	if err := t.checkPorts(c); err != nil {
		return err
	}
	if err := t.checkSecrets(c); err != nil {
		return err
	}
	if err := t.checkSecurity(c); err != nil {
		return err
	}
	if h := c.HealthCheck; h != nil && (len(h.Command) == 0 || !slices.Contains([]string{"CMD", "CMD-SHELL", "NONE"}, h.Command[0])) {
		return refuse("Invalid health check of container '%s': the command must start with CMD or CMD-SHELL.", c.Name)
	}
	return t.checkLog(c)
}

func (t Task) checkPorts(c Container) error {
	for _, p := range c.PortMappings {
		if p.ContainerPort < 1 || p.ContainerPort > 65535 {
			return refuse("Invalid containerPort %d of container '%s': a port is between 1 and 65535.", p.ContainerPort, c.Name)
		}
		if p.HostPort < 0 || p.HostPort > 65535 {
			return refuse("Invalid hostPort %d of container '%s': a port is between 0 and 65535.", p.HostPort, c.Name)
		}
		if t.Awsvpc() && p.HostPort != 0 && p.HostPort != p.ContainerPort {
			return refuse("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
		}
		if p.Protocol != "" && p.Protocol != "tcp" && p.Protocol != "udp" {
			return refuse("Invalid protocol %q of container '%s': tcp or udp.", p.Protocol, c.Name)
		}
	}
	return nil
}

func (t Task) checkLog(c Container) error {
	l := c.LogConfiguration
	if l == nil || l.LogDriver == "json-file" {
		return nil
	}
	if l.LogDriver != "awslogs" {
		return refuse("logDriver %q of container '%s' is not supported here: awslogs or json-file", l.LogDriver, c.Name)
	}
	if l.Options["awslogs-group"] == "" || l.Options["awslogs-region"] == "" {
		return refuse("Log driver awslogs requires options: awslogs-region, awslogs-group")
	}
	if slices.Contains(t.RequiresCompatibilities, "FARGATE") && l.Options["awslogs-stream-prefix"] == "" {
		return refuse("Log driver awslogs requires option 'awslogs-stream-prefix' for Fargate.")
	}
	for name := range l.Options {
		switch name {
		case "awslogs-group", "awslogs-region", "awslogs-stream-prefix", "mode", "max-buffer-size":
		default:
			return refuse("log option %q of container '%s' is not supported here", name, c.Name)
		}
	}
	return nil
}

func (t Task) checkSizes() error {
	if t.CPU != "" {
		if _, err := Units(t.CPU, "vCPU", 1024); err != nil {
			return refuse("Invalid 'cpu' setting for task: %v", err)
		}
	}
	if t.Memory != "" {
		if _, err := Units(t.Memory, "GB", 1024); err != nil {
			return refuse("Invalid 'memory' setting for task: %v", err)
		}
	}
	return nil
}

// Order returns the containers in an order in which every one comes after those that it depends on.
func (t Task) Order() ([]Container, error) {
	var order []Container
	placed := map[string]bool{}
	for len(order) < len(t.ContainerDefinitions) {
		before := len(order)
		for _, c := range t.ContainerDefinitions {
			ready := !slices.ContainsFunc(c.DependsOn, func(d Dependency) bool { return !placed[d.ContainerName] })
			if ready && !placed[c.Name] {
				placed[c.Name] = true
				order = append(order, c)
			}
		}
		if len(order) == before {
			return nil, refuse("Container dependencies form a cycle.")
		}
	}
	return order, nil
}
