# Sourced by the scripts of package.json: puts a Node that is new enough first on the PATH. The script then replaces the shell
# by its program (`exec`), so that signals reach the program itself.
node_folder=$(node scripts/find-node.js) || exit 1
PATH="$node_folder:$PATH"
export PATH
