# SPDX-License-Identifier: GPL-2.0-only OR MIT
# shellcheck shell=bash
#
# Completion of vmcsgen's command line in bash: verbs, options, checks, revisions.
# Install as share/bash-completion/completions/vmcsgen, or source it.

# The program as it was typed, which need not be in PATH.
_vmcsgen_run()
{
	local program=${COMP_WORDS[0]}

	"${program/#\~\//$HOME/}" "$@" 2>/dev/null
}

# Offer the words of $1 that begin with what was typed.
_vmcsgen_words()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# Offer folders and, unless $1 is -d, the files whose names match $1.
_vmcsgen_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -d -- "$2"
		[ "$1" = -d ] || compgen -f -X "!$1" -- "$2")
}

# What -W takes after $1, which is nothing, no-, error= or no-error=.
_vmcsgen_checks()
{
	local names

	names=$(_vmcsgen_run --help=checks | cut -d ' ' -f 1)
	mapfile -t COMPREPLY < <(compgen -P "$1" -W "$names" -- "$2")
}

_vmcsgen_warning()
{
	case $1 in
	error=* | no-error=*)
		_vmcsgen_checks "${1%%=*}=" "${1#*=}"
		;;
	no-*)
		_vmcsgen_checks no- "${1#no-}"
		[[ no-error= != "$1"* ]] || COMPREPLY+=(no-error=)
		;;
	*)
		_vmcsgen_checks '' "$1"
		mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
			compgen -W 'error error= no- no-error=' -- "$1")
		;;
	esac
	case ${COMPREPLY[*]} in
	no- | *=)
		compopt -o nospace 2>/dev/null
		;;
	esac
}

# The revisions of the spec that the line names.
_vmcsgen_revisions()
{
	_vmcsgen_words "$(_vmcsgen_run list -s "$2" ${3:+-t "$3"})" "$1"
}

# The targets that the files of the spec's folder define.
_vmcsgen_targets()
{
	sed -n 's/^target[[:blank:]]*\([^[:blank:]{]*\).*/\1/p' "${1%"${1##*/}"}"*.vmcs 2>/dev/null
}

# The argument of option $1, of which $2 is typed.  False if it takes none.
_vmcsgen_argument()
{
	case $1 in
	-s | --spec | --old-spec | --against)
		_vmcsgen_files '*.vmcs' "$2"
		;;
	-t | --templates)
		_vmcsgen_files -d "$2"
		;;
	-o | --out)
		if [ "$verb" = convert ]; then
			_vmcsgen_files '*' "$2"
		else
			_vmcsgen_files -d "$2"
		fi
		;;
	-MF)
		_vmcsgen_files '*' "$2"
		;;
	-MT | --git) ;;
	-W)
		_vmcsgen_warning "$2"
		;;
	--format)
		_vmcsgen_words 'text csv json svg html' "$2"
		;;
	--names)
		_vmcsgen_words 'linux tlfs' "$2"
		;;
	--dump)
		_vmcsgen_words 'tokens tree spec model' "$2"
		;;
	--tlfs)
		_vmcsgen_files '*.md' "$2"
		;;
	--c)
		_vmcsgen_files '*.[chok]*' "$2"
		;;
	--from)
		_vmcsgen_revisions "$2" "$spec" "$templates"
		;;
	--btf-base)
		_vmcsgen_files '*' "$2"
		;;
	--name | --struct | --map | --bits | --encodings) ;;
	--target)
		_vmcsgen_words "$(_vmcsgen_targets "$spec")" "$2"
		;;
	--scan)
		_vmcsgen_words all "$2"
		;;
	--color)
		_vmcsgen_words 'auto always never' "$2"
		;;
	*)
		return 1
		;;
	esac
}

# The line up to the cursor, --option=argument and error=check being one word each:
# bash has cut them at the '='.  Sets words.
_vmcsgen_join()
{
	local i

	words=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if [ ${#words[@]} -gt 0 ] && { [ "${COMP_WORDS[i]}" = '=' ] ||
				[[ ${words[-1]} == *= && ${COMP_WORDS[i - 1]} == '=' ]]; }; then
			words[-1]+=${COMP_WORDS[i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
}

# What the words before the cursor say.  Sets verb, subject (an argument of it), spec, templates, and option: the
# one whose argument the last word is.
_vmcsgen_read()
{
	local word

	for word in "${words[@]:0:${#words[@]}-1}"; do
		case $option in
		-s | --spec) spec=$word ;;
		-t | --templates) templates=$word ;;
		esac
		if [ "$option" ]; then
			option=
			continue
		fi
		case $word in
		--spec=*) spec=${word#*=} ;;
		--templates=*) templates=${word#*=} ;;
		-s?*) spec=${word#-s} ;;
		-t?*) templates=${word#-t} ;;
		-[stoW] | -M[FT] | --spec | --templates | --out | --target | --format | --names | --color | \
				--old-spec | --git | --against | --dump | \
				--tlfs | --c | --name | --from | --struct | --map | --bits | --encodings | --btf-base)
			option=$word
			;;
		-*) ;;
		*) [ ! "$verb" ] || subject=$word; verb=${verb:-$word} ;;
		esac
	done
}

_vmcsgen_options='-s --spec= -t --templates= -o --out= --target= -W --format= --names= -i --check
	--old-spec= --git= --against= --dump= --tlfs= --c= --name= --from= --scan --struct= --map= --bits=
	--encodings= --kernel-types --btf-base= -MD -MF -MT -MP --color= --help --help=checks --version'

_vmcsgen()
{
	local words verb='' subject='' option='' spec=spec/vmcs.vmcs templates='' last whole

	_vmcsgen_join
	_vmcsgen_read
	last=${words[-1]}
	whole=$last
	COMPREPLY=()
	if [ "$option" ]; then
		_vmcsgen_argument "$option" "$last"
	elif [[ $last == --*=* ]]; then
		if [ "${last%%=*}" = --help ]; then
			_vmcsgen_words checks "${last#*=}"
		else
			_vmcsgen_argument "${last%%=*}" "${last#*=}"
		fi
		whole=
	elif [[ $last == -W?* ]]; then
		_vmcsgen_warning "${last#-W}"
		COMPREPLY=("${COMPREPLY[@]/#/-W}")
	elif [[ $last == -* ]]; then
		_vmcsgen_words "$_vmcsgen_options" "$last"
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
	elif [ ! "$verb" ]; then
		_vmcsgen_words 'gen check names field list layout diff fmt freeze import verify convert decode' "$last"
	else
		case $verb in
		layout | diff | freeze)
			_vmcsgen_revisions "$last" "$spec" "$templates"
			;;
		verify | convert)
			if [ "$subject" ]; then
				_vmcsgen_files '*' "$last"
			else
				_vmcsgen_revisions "$last" "$spec" "$templates"
			fi
			;;
		decode | names)
			_vmcsgen_files '*' "$last"
			;;
		fmt)
			_vmcsgen_files '*.vmcs' "$last"
			;;
		esac
	fi
	# Bash puts in what is after the last '=' only.
	if [[ $whole == *=* && $COMP_WORDBREAKS == *=* ]]; then
		COMPREPLY=("${COMPREPLY[@]#*=}")
	fi
}

complete -F _vmcsgen vmcsgen
