package definition

// Reserved is the memory in MiB that a container instance sets aside for a task:
// what the task asks for, else the sum of what its containers reserve.
func (t Task) Reserved() (memory int64) {
	if m, err := Units(t.Memory, "GB", 1024); err == nil {
		return m
	}
	for _, c := range t.ContainerDefinitions {
		if c.MemoryReservation > 0 {
			memory += c.MemoryReservation
		} else {
			memory += c.Memory
		}
	}
	return memory
}

// ReservedCPU are the CPU units that a container instance sets aside for a task, of which a processor has 1024.
func (t Task) ReservedCPU() (units int64) {
	if u, err := Units(t.CPU, "vCPU", 1024); err == nil {
		return u
	}
	for _, c := range t.ContainerDefinitions {
		units += c.CPU
	}
	return units
}
