// Hydra's own program: `go install` does not take a module with a `replace`, so this one requires it.
package main

import "github.com/ory/hydra/v2/cmd"

func main() {
	cmd.Execute()
}
