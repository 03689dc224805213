/** Gatus has no command that prints its version: a build from source gets this one. */
export const gatusVersion = {
  "version.go": `package main

import (
	"fmt"
	"os"
)

var version string

func init() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println(version)
		os.Exit(0)
	}
}
`,
};
