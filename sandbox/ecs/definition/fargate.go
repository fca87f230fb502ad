package definition

import (
	"fmt"
	"strconv"
)

// fargateMemory has, by CPU units, the least and the most memory and the step between, in MiB
// ("Task CPU and memory" for Fargate). 256 also allows 512.
var fargateMemory = map[int64]struct{ least, most, step int64 }{
	256:   {1024, 2048, 1024},
	512:   {1024, 4096, 1024},
	1024:  {2048, 8192, 1024},
	2048:  {4096, 16384, 1024},
	4096:  {8192, 30720, 1024},
	8192:  {16384, 61440, 4096},
	16384: {32768, 122880, 8192},
}

func (t Task) checkFargate() error {
	if !t.Awsvpc() {
		return refuse("Fargate only supports network mode ‘awsvpc’.")
	}
	if t.CPU == "" {
		return refuse("Fargate requires that 'cpu' be defined at the task level.")
	}
	if t.Memory == "" {
		return refuse("Fargate requires that 'memory' be defined at the task level.")
	}
	cpu, err := Units(t.CPU, "vCPU", 1024)
	if err != nil {
		return refuse("Invalid 'cpu' setting for task: %v", err)
	}
	memory, err := Units(t.Memory, "GB", 1024)
	if err != nil {
		return refuse("Invalid 'memory' setting for task: %v", err)
	}
	m, ok := fargateMemory[cpu]
	fits := ok && memory >= m.least && memory <= m.most && (memory-m.least)%m.step == 0
	if !fits && !(cpu == 256 && memory == 512) {
		return refuse("No Fargate configuration exists for given values: %d CPU, %d memory. See the Amazon ECS documentation for the valid values.", cpu, memory)
	}
	for _, c := range t.ContainerDefinitions {
		if c.LogConfiguration != nil && c.LogConfiguration.LogDriver == "awslogs" && t.ExecutionRoleARN == "" {
			return refuse("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
		}
		if c.Privileged {
			return refuse("Fargate does not support privileged containers: %s", c.Name)
		}
	}
	return nil
}

// Units reads a task's size: a plain number, or one with a unit ("0.5 vCPU", "2 GB") worth factor.
func Units(text, unit string, factor int64) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return n, nil
	}
	var n float64
	var got string
	if _, err := fmt.Sscanf(text, "%g %s", &n, &got); err != nil || got != unit || n <= 0 {
		return 0, refuse("%q is neither a number nor a number of %s", text, unit)
	}
	return int64(n * float64(factor)), nil
}
