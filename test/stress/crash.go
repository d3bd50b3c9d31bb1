package main

// Crashes: SIGKILL to one process of the server or to all of them.

import (
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

type server struct {
	data    string // data directory
	restart string // shell command that starts the server
	kills   map[string]int
}

func (s *server) postmaster() int {
	text, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	if err != nil {
		die("%v", err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(text), "\n", 2)[0])
	if err != nil {
		die("postmaster.pid: %v", err)
	}
	return pid
}

type process struct {
	pid   int
	title string
}

// children of the postmaster, which are all other processes of the server.
func children(postmaster int) (result []process) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		stat := string(text)
		fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
		if len(fields) < 2 || fields[1] != strconv.Itoa(postmaster) {
			continue
		}
		folder := filepath.Dir(name)
		title, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		pid, _ := strconv.Atoi(filepath.Base(folder))
		result = append(result, process{pid, strings.TrimSpace(strings.ReplaceAll(string(title), "\x00", " "))})
	}
	return result
}

// crash kills, and returns when the server can have answered again.
func (s *server) crash(random *rand.Rand) {
	postmaster := s.postmaster()
	victims := children(postmaster)
	if random.Intn(2) == 0 {
		s.crashAll(postmaster, victims)
		return
	}
	class := []string{"dynamo", "postgres stress", "writer"}[random.Intn(3)]
	var chosen []process
	for _, v := range victims {
		if strings.Contains(v.title, class) {
			chosen = append(chosen, v)
		}
	}
	if len(chosen) == 0 {
		chosen = victims
	}
	if len(chosen) == 0 {
		die("the postmaster %d has no children", postmaster)
	}
	v := chosen[random.Intn(len(chosen))]
	s.note(v.title)
	syscall.Kill(v.pid, syscall.SIGKILL)
}

func (s *server) crashAll(postmaster int, victims []process) {
	s.kills["the whole server"]++
	syscall.Kill(postmaster, syscall.SIGKILL)
	for _, v := range victims {
		syscall.Kill(v.pid, syscall.SIGKILL)
	}
	// shared memory is free when the last is gone
	for deadline := time.Now().Add(10 * time.Second); len(alive(victims)) > 0 && time.Now().Before(deadline); {
		time.Sleep(10 * time.Millisecond)
	}
	for try := 0; ; try++ {
		out, err := exec.Command("sh", "-c", s.restart).CombinedOutput()
		if err == nil {
			return
		}
		if try == 5 {
			die("the server does not start: %v: %s", err, out)
		}
		time.Sleep(time.Second)
	}
}

func alive(processes []process) (result []process) {
	for _, p := range processes {
		state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
		if err == nil && !strings.Contains(string(state), ") Z ") {
			result = append(result, p)
		}
	}
	return result
}

// note counts a kill under the kind of its victim.
func (s *server) note(title string) {
	title = strings.TrimPrefix(title, "postgres: ")
	switch {
	case strings.Contains(title, "dynamo"):
		title = "HTTP worker"
	case strings.Contains(title, "stress"):
		title = "SQL backend"
	}
	s.kills[strings.TrimSpace(title)]++
}

func (s *server) report() {
	total := 0
	for what, n := range s.kills {
		fmt.Printf("  killed %d times: %s\n", n, what)
		total += n
	}
	fmt.Printf("%d crashes\n", total)
}
