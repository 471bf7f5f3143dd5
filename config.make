# Read by nginx's configure after it has written the makefile: the Lua scripts
# of the Redis store become a header, and a changed script rebuilds the module.

cat << END                                                    >> $NGX_MAKEFILE

$NGX_OBJS/ngx_http_print_task_scripts.h: \\
		$ngx_addon_dir/util/lua2h \\
		`echo $ngx_addon_dir/src/redis/scripts/*.lua`
	$ngx_addon_dir/util/lua2h $ngx_addon_dir/src/redis/scripts/*.lua > \$@.tmp
	mv \$@.tmp \$@

END
