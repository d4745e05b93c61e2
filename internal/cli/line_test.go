package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lintel/internal/platform/config"
)

// say reads a command line with variables and gives the command that would run.
func say(variables map[string]string, arguments ...string) (command, error) {
	return readLine(commands(), arguments, func(name string) (string, bool) {
		text, ok := variables[name]
		return text, ok
	})
}

func served(t *testing.T, variables map[string]string, arguments ...string) config.Config {
	t.Helper()
	chosen, err := say(variables, append([]string{"serve"}, arguments...)...)
	if err != nil {
		t.Fatal(err)
	}
	return chosen.run.(*serveCommand).Config
}

func TestTheCommandLineComesBeforeTheVariablesAndTheyBeforeTheDefaults(t *testing.T) {
	c := served(t, nil)
	want := config.Defaults()
	if c.Addr != want.Addr || c.SMTP != want.SMTP || c.S3 != want.S3 || c.TLS != want.TLS || c.LogLevel != want.LogLevel || c.LogFormat != want.LogFormat {
		t.Errorf("with nothing set: %+v", c)
	}
	variables := map[string]string{"LINTEL_SMTP_PORT": "465", "LINTEL_SMTP_PASSWORD": "a = b", "LINTEL_ADDR": "",
		"LINTEL_TRUSTED_PROXIES": "10.0.0.0/8, ::1/128", "LINTEL_S3_PATH_STYLE": "false", "LINTEL_DATA": "/var/lib/lintel"}
	c = served(t, variables)
	if c.SMTP.Port != 465 || c.SMTP.Password.Reveal() != "a = b" || c.Addr != want.Addr || c.S3.PathStyle || c.DataDir != "/var/lib/lintel" ||
		!slices.Equal(c.TrustedProxies, []string{"10.0.0.0/8", "::1/128"}) {
		t.Errorf("from the variables: %+v, %q", c, c.SMTP.Password.Reveal())
	}
	c = served(t, variables, "--smtp-port=25", "--s3-path-style", "--smtp-from", "Portal <p@example.com>", "--data=x", "--data", "y")
	folder, _ := os.Getwd()
	if c.SMTP.Port != 25 || !c.S3.PathStyle || c.SMTP.From != "Portal <p@example.com>" || c.DataDir != filepath.Join(folder, "y") {
		t.Errorf("from the command line: %+v", c)
	}
	if c := served(t, nil, "--no-s3-path-style"); c.S3.PathStyle {
		t.Error("--no-… did not switch off")
	}
	t.Setenv("HOME", "/home/jon")
	if c := served(t, nil, "--data=~/portal"); c.DataDir != "/home/jon/portal" {
		t.Errorf("home folder: %s", c.DataDir)
	}
}

func TestCommandsAreFoundByTheirWords(t *testing.T) {
	agreement := filepath.Join(t.TempDir(), "agreement.pdf")
	if err := os.WriteFile(agreement, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	chosen, err := say(nil, "verify", agreement)
	if err != nil || chosen.run.(*verifyCommand).File != agreement {
		t.Errorf("verify: %+v, %v", chosen.run, err)
	}
	chosen, err = say(nil, "audit", "verify", "--data", "/d")
	if err != nil || chosen.name != "lintel audit verify" || chosen.run.(*auditVerify).DataDir != "/d" {
		t.Errorf("audit: %s %+v, %v", chosen.name, chosen.run, err)
	}
	chosen, err = say(nil, "doctor", "--retry")
	if err != nil || !chosen.run.(*doctorCommand).Retry {
		t.Errorf("doctor: %+v, %v", chosen.run, err)
	}
	chosen, err = say(nil, "demo", "--json", "--log-level", "info")
	if err != nil || !chosen.run.(*demoCommand).JSON || chosen.run.(*demoCommand).LogLevel != "info" {
		t.Errorf("demo: %+v, %v", chosen.run, err)
	}
}

func TestAWrongCommandLineIsSaidPlainlyAndEndsWith80(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct{ says, line string }{
		{"say what to do: serve, demo", ""},
		{`no command "sreve"`, "sreve"},
		{"say what to do: verify", "audit"},
		{"no setting --adr", "serve --adr=:80"},
		{"no setting --no-addr", "serve --no-addr"},
		{"no setting --no-s3-path-style", "serve --no-s3-path-style=false"},
		{"no setting --file", "verify --file=x"},
		{"--addr needs a value", "serve --addr"},
		{"--addr needs a value", "serve --addr --data=x"},
		{`"now" says nothing`, "serve now"},
		{`"-x" says nothing`, "verify -x"},
		{`--log-level is one of debug, info, warn, error, not "loud"`, "serve --log-level=loud"},
		{`--smtp-port is a whole number, not "many"`, "serve --smtp-port many"},
		{`--retry is true or false, not "maybe"`, "doctor --retry=maybe"},
		{"say which <file>", "verify"},
		{"no such file", "verify " + folder + "/nothing.pdf"},
		{"is a folder", "verify " + folder},
	} {
		out, errs := &bytes.Buffer{}, &bytes.Buffer{}
		status := Main(strings.Fields(c.line), out, errs)
		if status != 80 || !strings.Contains(errs.String(), c.says) || out.Len() != 0 {
			t.Errorf("%q: status %d, %s%s", c.line, status, errs, out)
		}
	}
}

func TestAWrongVariableIsNamed(t *testing.T) {
	_, err := say(map[string]string{"LINTEL_TLS_MODE": "on"}, "serve")
	if err == nil || !strings.Contains(err.Error(), `LINTEL_TLS_MODE is one of off, auto, files, not "on"`) {
		t.Error(err)
	}
}

func TestHelpNamesEveryCommandSettingAndVariable(t *testing.T) {
	for line, words := range map[string][]string{
		"--help":       {"Usage: lintel <command>", "serve", "demo", "doctor", "verify <file>", "audit verify", "migrate", "version"},
		"audit -h":     {"Usage: lintel audit <command>", "verify"},
		"verify -h":    {"Usage: lintel verify <file>", "The PDF."},
		"serve --help": {"--addr=:8080", "--smtp-password=…", "LINTEL_SMTP_PASSWORD", "--s3-path-style, --no-s3-path-style", "LINTEL_TRUSTED_PROXIES"},
	} {
		out, errs := &bytes.Buffer{}, &bytes.Buffer{}
		if status := Main(strings.Fields(line), out, errs); status != 0 || errs.Len() != 0 {
			t.Errorf("%s: status %d, %s", line, status, errs)
		}
		for _, word := range words {
			if !strings.Contains(out.String(), word) {
				t.Errorf("%s does not say %s:\n%s", line, word, out)
			}
		}
		for _, printed := range strings.Split(out.String(), "\n") {
			if len(printed) > usageWidth+4 {
				t.Errorf("%s: a long line: %s", line, printed)
			}
		}
	}
}
